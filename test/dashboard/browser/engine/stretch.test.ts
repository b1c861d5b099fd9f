import { expect, it } from 'vitest'
import { moved } from '../../../../src/dashboard/browser/engine/stretch.ts'

const now = 1_800_000_000_000
const stretch = { from: now - 600_000, to: now - 200_000 }

it('widens and narrows a stretch around its middle', () => {
  expect(moved(stretch, 0.5, 0, now)).toEqual({ from: now - 500_000, to: now - 300_000 })
  expect(moved(stretch, 1.5, 0, now)).toEqual({ from: now - 700_000, to: now - 100_000 })
})

it('moves a stretch by a share of its width, and not beyond now', () => {
  expect(moved(stretch, 1, -0.5, now)).toEqual({ from: now - 800_000, to: now - 400_000 })
  expect(moved(stretch, 1, 2, now)).toEqual({ from: now - 400_000, to: now })
  expect(moved(stretch, 4, 0, now)).toEqual({ from: now - 1_600_000, to: now })
})

it('makes no stretch shorter than a second, nor one before all time', () => {
  const { from, to } = moved({ from: now - 1200, to: now - 200 }, 0.5, 0, now)
  expect(to - from).toBe(1000)
  expect(moved({ from: 1e11, to: 1e11 + 1000 }, 8, 0, now)).toMatchObject({ from: 1e11 })
})
