import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { hearSignals } from '../src/signals.ts'

const handlers = new Map<string | symbol, () => void>()
const receive = (...names: NodeJS.Signals[]) => {
  for (const name of names) handlers.get(name)?.()
}
let exits: unknown[]

beforeEach(() => {
  exits = []
  vi.useFakeTimers()
  vi.spyOn(process, 'on').mockImplementation((name, handler) => {
    handlers.set(name, handler as () => void)
    return process
  })
  vi.spyOn(process, 'exit').mockImplementation(code => exits.push(code) as never)
})

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

it('takes any number of SIGHUPs and the SIGTERM that comes with them for one wish to end', () => {
  const signals = hearSignals(true)
  signals.runs('service')
  receive('SIGHUP', 'SIGHUP', 'SIGTERM', 'SIGHUP')
  vi.advanceTimersByTime(60_000)
  expect(signals.stop.aborted).toBe(true)
  expect(exits).toEqual([])
  receive('SIGINT')
  expect(exits).toEqual([130])
})

it('takes the Ctrl-C that npm passes on for the one that it is', () => {
  hearSignals(true).runs('service')
  receive('SIGINT', 'SIGINT')
  expect(exits).toEqual([])
  vi.advanceTimersByTime(1000)
  receive('SIGINT')
  expect(exits).toEqual([130])
})

it.each([
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('ends a command that does not end within 2 s after %s, with %i', (name, code) => {
  hearSignals(false).runs('command')
  receive(name)
  vi.advanceTimersByTime(1900)
  expect(exits).toEqual([])
  vi.advanceTimersByTime(200)
  expect(exits).toEqual([code])
})

it('keeps what it has to say of a signal until somebody listens', () => {
  const signals = hearSignals(false)
  receive('SIGHUP', 'SIGUSR1')
  const said: string[] = []
  signals.onIgnored(message => said.push(message))
  receive('SIGUSR2')
  expect(said.map(message => message.split(' ')[0])).toEqual(['SIGHUP', 'SIGUSR1', 'SIGUSR2'])
  expect(signals.stop.aborted).toBe(false)
})
