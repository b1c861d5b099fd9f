import { expect, it } from 'vitest'
import { node } from '../../src/doctor/node.ts'

it('accepts the Node.js that runs here', () => {
  expect(node()).toMatchObject({ level: 'ok', found: `Node.js ${process.versions.node}` })
})

it.each([
  ['20.19.0', 'ok'],
  ['20.18.9', 'failure'],
  ['18.20.4', 'failure'],
  ['22.0.0', 'ok'],
])('knows whether Node.js %s is new enough: %s', (version, level) => {
  expect(node(version, '>=20.19').level).toBe(level)
})
