import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { COMMANDS } from '../../src/command-declarations.ts'
import { resolveConfig } from '../../src/config.ts'
import { ROOT } from '../fixtures/dockerfile.ts'

const FOLDER = join(ROOT, 'deploy/systemd')
const units = readdirSync(FOLDER).map(name => {
  const text = readFileSync(join(FOLDER, name), 'utf8')
  const values = (key: string) =>
    [...text.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value]) => value as string)
  return { name, text, values }
})

test('there is a unit for each part that runs for good', () => {
  const started = units.flatMap(({ values }) => values('ExecStart'))
  expect(started.sort()).toEqual(
    ['dashboard', 'producer', 'worker'].map(
      part => `hft-scheduler ${part} --health-port=\${HEALTH_PORT}`,
    ),
  )
  for (const line of started) expect(Object.keys(COMMANDS)).toContain(line.split(' ')[1])
})

test.each(units)('$name waits for its process, and has it back when it ends', ({ values }) => {
  const { config } = resolveConfig({ flags: {}, env: {}, dotenv: {} }, { credentials: false })
  const shutdown = config.timing.shutdownTimeout / 1000
  expect(Number(values('TimeoutStopSec')[0])).toBeGreaterThanOrEqual(shutdown + 10)
  expect(values('Restart')).toEqual(['always'])
  expect(values('DynamicUser')).toEqual(['yes'])
})

test('units of one machine that share their settings listen on a port each', () => {
  const shared = { SCHEDULER_HEALTH_PORT: '9090' }
  const instances = units.flatMap(unit =>
    (unit.name.includes('@') ? ['1', '2', '9'] : ['']).map(instance => ({ unit, instance })),
  )
  const ports = instances.map(({ unit: { values }, instance }) => {
    const set = values('Environment').map(line => line.replaceAll('%i', instance).split('='))
    const { HEALTH_PORT = '' } = Object.fromEntries(set) as Record<string, string>
    const flag = /--health-port=(\S+)$/.exec(values('ExecStart')[0] ?? '')?.[1]
    const flags = { 'health-port': flag?.replace(/\$\{HEALTH_PORT\}/, HEALTH_PORT) }
    return resolveConfig({ flags, env: shared, dotenv: {} }, { credentials: false }).config.health
      .port
  })
  expect(ports).not.toContain(9090)
  expect(new Set(ports).size).toBe(instances.length)
  // What a unit's own file says must win over what it says itself.
  for (const { values } of units) expect(values('EnvironmentFile')).toHaveLength(2)
})

test.each(units)('what $name sets is a configuration without mistakes', ({ text, values }) => {
  const folder = mkdtempSync(join(tmpdir(), 'hft-units-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const credential of values('LoadCredential')) {
    writeFileSync(join(folder, credential.split(':')[0] as string), 'some')
  }
  const lines = values('Environment').map(line => line.replace('%d', folder).split('='))
  const env = Object.fromEntries(lines)
  expect(Object.keys(env).filter(name => /(PASSWORD|USERNAME)$/.test(name))).toEqual([])
  const credentials = text.includes('hft-scheduler worker ')
  expect(resolveConfig({ flags: {}, env, dotenv: {} }, { credentials }).warnings).toEqual([])
})

/** Not on every machine. */
const VERIFIER = 'systemd-analyze'
const present = spawnSync(VERIFIER, ['--version']).status === 0
test.runIf(present)('systemd understands all of them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hft-units-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const paths = units.map(({ name, text }) => {
    const path = join(folder, name.replace('@', '@1'))
    // A program that is there.
    writeFileSync(path, text.replace('ExecStart=hft-scheduler', 'ExecStart=/bin/true'))
    return path
  })
  const args = ['verify', '--recursive-errors=no', '--man=no', ...paths]
  const { status, stderr } = spawnSync(VERIFIER, args, { encoding: 'utf8' })
  expect([stderr, status]).toEqual(['', 0])
})
