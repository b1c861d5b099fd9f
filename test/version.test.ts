import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { VERSION } from '../src/version.ts'

it('is that of the package', async () => {
  const text = await readFile(new URL('../package.json', import.meta.url), 'utf8')
  expect(VERSION).toBe(JSON.parse(text).version)
  expect(VERSION).toMatch(/^\d+\.\d+\.\d+/)
})
