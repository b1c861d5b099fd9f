import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import type { CommandContext } from '../../src/command.ts'
import { check } from '../../src/commands/check.ts'
import { resolveConfig } from '../../src/config.ts'

const ENV = {
  SCHEDULER_ENGINEAPI_USERNAME: 'me',
  SCHEDULER_ENGINEAPI_PASSWORD: 's3cret',
  SCHEDULER_UPDATE_CRON: '*/5 * * * *',
  SCHEDULER_INTERVALL: '1',
}

async function checked(argv: Record<string, unknown>): Promise<{ code: number; output: string }> {
  const stdout = new PassThrough()
  const context: CommandContext = {
    argv,
    load: needs => resolveConfig({ flags: argv, env: ENV, dotenv: {} }, needs),
    env: ENV,
    stdout,
    stderr: new PassThrough(),
    signal: new AbortController().signal,
    onIgnored: () => {},
  }
  const code = await check(context)
  stdout.end()
  return { code, output: await text(stdout) }
}

it('prints settings with their sources, the schedules and the warnings', async () => {
  const { code, output } = await checked({})
  expect(code).toBe(0)
  expect(output).toMatch(/^password +\*{8} +environment SCHEDULER_ENGINEAPI_PASSWORD$/m)
  expect(output).toMatch(/^settle +30s +as --timeout$/m)
  expect(output).toMatch(/^default\/update-engine +at \*\/5 \* \* \* \* \(UTC\) +\d{4}-.*Z/m)
  expect(output).toMatch(/^default\/get-stats +every 10 s, shifted by 5s +\d{4}-.*Z/m)
  expect(output).toMatch(/^warning: SCHEDULER_INTERVALL: no such setting/m)
  expect(output).not.toContain('s3cret')
})

it('prints one object per line with --json', async () => {
  const { output } = await checked({ json: true })
  const lines = output
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
  expect(lines).toContainEqual({ setting: 'interval', value: 10_000, source: 'default' })
  expect(lines).toContainEqual({
    schedule: 'default/get-stats',
    engine: 'http://localhost:5000',
    grid: { interval: 10_000, phase: 5000 },
    next: expect.any(Number),
  })
  expect(lines).toContainEqual({ warning: expect.stringContaining('SCHEDULER_INTERVALL') })
})

it('escapes what would break the table or the terminal', async () => {
  const { output } = await checked({ username: 'a\n\u001b[31mb' })
  expect(output).toMatch(/^username +"a\\n\\u001b\[31mb" +flag --username$/m)
})
