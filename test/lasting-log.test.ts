import { Writable } from 'node:stream'
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import { LastingLog, type Loss } from '../src/lasting-log.ts'

const notice = ({ lines, why }: Loss) => `[${lines} lost: ${why}]\n`

/** A device that fails as long as `failure` says so, having written `before` of it. */
class Device extends Writable {
  text = ''
  failure: (Error & { torn?: boolean }) | null = null
  before = 0
  stuck: (() => void)[] | null = null

  constructor() {
    super({ decodeStrings: false, autoDestroy: false })
    this.on('error', () => {})
  }

  override write(text: string, done?: unknown): boolean {
    const { failure } = this
    if (this.stuck) return super.write(text, done as () => void)
    this.text += failure ? text.slice(0, this.before) : text
    if (typeof done === 'function') done(failure)
    return true
  }

  override _write(text: string, _encoding: BufferEncoding, done: () => void): void {
    const finish = () => {
      this.text += text
      done()
    }
    if (this.stuck) this.stuck.push(finish)
    else finish()
  }
}

let device: Device
let alarms: string[]
let log: LastingLog

beforeEach(() => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  device = new Device()
  alarms = []
  log = new LastingLog(device, { notice, onBroken: why => alarms.push(why) })
})

it('counts what could not be written, and says so before the first line that can be', () => {
  log.write('one\n')
  device.failure = new Error('no space left on device')
  for (const line of ['two\n', 'three\n', 'four\n']) log.write(line)
  expect(device.text).toBe('one\n')
  device.failure = null
  log.write('five\n')
  log.write('six\n')
  expect(device.text).toBe('one\n[3 lost: no space left on device]\nfive\nsix\n')
})

it('says so without another line, as soon as it works again', () => {
  device.failure = new Error('EIO')
  log.write('one\n')
  vi.advanceTimersByTime(60_000)
  device.failure = null
  vi.advanceTimersByTime(60_000)
  expect(device.text).toBe('[1 lost: EIO]\n')
})

it('says so at its end', () => {
  device.failure = new Error('EIO')
  log.write('one\n')
  device.failure = null
  log.end()
  expect(device.text).toBe('[1 lost: EIO]\n')
})

it('does not go on in the middle of a line that was cut off', () => {
  device.failure = Object.assign(new Error('ENOSPC'), { torn: true })
  device.before = 3
  log.write('half a line\n')
  device.failure = null
  log.write('two\n')
  expect(device.text).toBe('hal\n[1 lost: ENOSPC]\ntwo\n')
})

it('says elsewhere once that it is broken, and again when it breaks again', () => {
  device.failure = new Error('EPIPE')
  log.write('one\n')
  log.write('two\n')
  expect(alarms).toEqual(['EPIPE'])
  device.failure = null
  log.write('three\n')
  device.failure = new Error('EIO')
  log.write('four\n')
  expect(alarms).toEqual(['EPIPE', 'EIO'])
})

it('keeps no more than a megabyte for a reader who does not read', () => {
  device.stuck = []
  const line = `${'x'.repeat(999)}\n`
  for (let count = 0; count < 3000; count++) log.write(line)
  expect(device.writableLength).toBeLessThanOrEqual(1_001_000)
  expect(alarms).toEqual(['nobody reads it'])
  const kept = device.writableLength / line.length
  const waiting = device.stuck
  device.stuck = null
  for (const finish of waiting) finish()
  log.write('last\n')
  expect(device.text).toBe(`${line.repeat(kept)}[${3000 - kept} lost: nobody reads it]\nlast\n`)
})
