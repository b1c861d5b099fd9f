import { expect, test } from 'vitest'
import { ChainError, Trading, type Transaction } from '../../src/standalone/trading.ts'

const HASH = /^0x[0-9a-f]{64}$/

function trading(running = true) {
  const made: Transaction[] = []
  const options = { seed: 3, running, rebalanceTime: 0 }
  const engine = new Trading({ ...options, onTransaction: it => made.push(it) })
  const steps = () => made.splice(0).map(({ step }) => step)
  return { engine, steps }
}

test('makes no transaction while the price is in its range', async () => {
  const { engine, steps } = trading()
  await engine.update()
  expect(steps()).toEqual([])
  expect(engine.position).toMatchObject({ tx_mint: expect.stringMatching(HASH), tx_swap: null })
})

test('closes with three transactions and opens anew with two', async () => {
  const { engine, steps } = trading()
  const before = engine.position
  engine.leaveRange()
  await engine.update()
  expect(steps()).toEqual(['decrease', 'collect', 'burn', 'swap', 'mint'])
  const hash = expect.stringMatching(HASH)
  expect(before).toMatchObject({
    ...{ is_open: false, tx_decrease: hash, tx_collect: hash, tx_burn: hash },
  })
  expect(engine.position).toMatchObject({
    ...{ is_open: true, tx_mint: hash, tx_swap: hash },
    ...{ tx_decrease: null, tx_collect: null, tx_burn: null },
  })
  expect(engine.position.tokenID).toBeGreaterThan(before.tokenID)
  expect(engine.history).toEqual([before, engine.position])
})

test('a mint that fails after the close leaves a closed position, which the next update closes again', async () => {
  const { engine, steps } = trading()
  const before = engine.position
  engine.leaveRange()
  engine.fail('mint', 2)
  for (const _ of [1, 2]) {
    await expect(engine.update()).rejects.toThrow(ChainError)
    expect(steps()).toEqual(['decrease', 'collect', 'burn', 'swap'])
    expect(engine.position).toBe(before)
    expect(before.is_open).toBe(false)
  }
  await engine.update()
  expect(steps()).toEqual(['decrease', 'collect', 'burn', 'swap', 'mint'])
  expect(engine.position.is_open).toBe(true)
})

test('a step that fails half-way leaves what came before it', async () => {
  const { engine, steps } = trading()
  engine.leaveRange()
  engine.fail('collect')
  await expect(engine.update()).rejects.toThrow('collect: execution reverted')
  expect(steps()).toEqual(['decrease'])
  expect(engine.position).toMatchObject({ is_open: true, tx_collect: null })
  engine.heal()
  await engine.update()
})

test('a start that fails leaves it running without a position, until it is stopped and started', async () => {
  const { engine, steps } = trading(false)
  engine.fail('mint', 1)
  await expect(engine.start()).rejects.toThrow(ChainError)
  expect(engine.running).toBe(true)
  expect(() => engine.position).toThrow(ChainError)
  await expect(engine.update()).rejects.toThrow(ChainError)
  await engine.stop()
  expect(steps()).toEqual([])
  await engine.start()
  expect(steps()).toEqual(['mint'])
  expect(engine.position).toMatchObject({ is_open: true, tx_swap: null })
  await engine.stop()
  expect(steps()).toEqual(['decrease', 'collect', 'burn'])
  expect(engine.position.is_open).toBe(false)
})

test('keeps a bounded history', async () => {
  const { engine } = trading()
  for (let update = 0; update < 1005; update++) {
    engine.leaveRange()
    await engine.update()
  }
  expect(engine.history.length).toBe(1000)
  expect(engine.history.at(-1)).toBe(engine.position)
})
