import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { type CommandContext, UserError } from '../../src/command.ts'
import { check } from '../../src/commands/check.ts'
import { resolveConfig } from '../../src/config.ts'
import { commandContext } from '../fixtures/context.ts'

const ENV = {
  SCHEDULER_ENGINEAPI_USERNAME: 'me',
  SCHEDULER_ENGINEAPI_PASSWORD: 's3cret',
  SCHEDULER_UPDATE_CRON: '*/5 * * * *',
  SCHEDULER_INTERVALL: '1',
}

async function checked(argv: Record<string, unknown>, env: Record<string, string> = ENV) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const context: CommandContext = {
    argv,
    load: needs => resolveConfig({ flags: argv, env, dotenv: {} }, needs),
    env,
    stdout,
    stderr,
    signal: new AbortController().signal,
    onIgnored: () => {},
  }
  const code = await check(context)
  stdout.end()
  stderr.end()
  return { code, output: await text(stdout), errors: await text(stderr) }
}

it('prints settings with their sources, the schedules and the warnings', async () => {
  const { code, output } = await checked({})
  expect(code).toBe(0)
  expect(output).toMatch(/^password +\*{8} +environment SCHEDULER_ENGINEAPI_PASSWORD$/m)
  expect(output).toMatch(/^settle +30s +as --timeout$/m)
  expect(output).toMatch(/^schedule +slots +next slot \(UTC\S*\) +engine$/m)
  expect(output).toMatch(
    /^default\/update-engine +at \*\/5 \* \* \* \* \(UTC\) +(\S+ )?\d\d:\d[05]:00\.000 /m,
  )
  expect(output).toMatch(/^default\/get-stats +every 10 s, shifted by 5s +(\S+ )?[\d:]+5\.000 /m)
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
  expect(output).toMatch(/^username +"a\\n\\u001b\[31mb" \(wrong\) +flag --username$/m)
})

it('is content without an engine, which up simulates', async () => {
  const { code, output, errors } = await checked({}, {})
  expect([code, errors]).toEqual([0, ''])
  expect(output).toMatch(/^username +- +not set$/m)
  expect(output).toMatch(/^default\/get-stats +every 10 s/m)
  expect(output).toMatch(/^no engine is configured: up simulates one, with --interval 5s/m)
})

it('shows the whole picture and then all that is wrong with it', async () => {
  const env = {
    ...{ SCHEDULER_ENGINEAPI_USER: 'me', SCHEDULER_ENGINEAPI_PASSWORD: 's3cret' },
    ...{ SCHEDULER_INTERVAL: 'soon', REDIS_URL: 'redis://:s3cret@h ost' },
  }
  const { code, output, errors } = await checked({}, env)
  expect(code).toBe(2)
  expect(output).toMatch(/^username +- \(wrong\) +not set$/m)
  expect(output).toMatch(/^password +\*{8} +environment SCHEDULER_ENGINEAPI_PASSWORD$/m)
  expect(output).toMatch(/^interval +"soon" \(wrong\) +environment SCHEDULER_INTERVAL$/m)
  expect(output).toMatch(/^redis-url +\*{8} \(wrong\) +environment REDIS_URL$/m)
  expect(output).toMatch(/^warning: SCHEDULER_ENGINEAPI_USER: .*did you mean .*_USERNAME\?$/m)
  expect(errors.split('\n').slice(1, -1)).toEqual([
    expect.stringMatching(/^ {2}SCHEDULER_ENGINEAPI_USERNAME: expected/),
    expect.stringMatching(/^ {2}SCHEDULER_INTERVAL: expected .* got "soon"$/),
    expect.stringMatching(/^ {2}REDIS_URL: expected/),
  ])
  expect(output + errors).not.toContain('s3cret')
})

it('shows the schedules where the mistakes leave no doubt of them', async () => {
  const { output } = await checked({ timeout: 'x', 'api-host': 'engine.example' })
  expect(output).toMatch(/^default\/get-stats .* http:\/\/engine\.example:5000$/m)
  expect((await checked({ 'api-port': 'x' })).output).not.toContain('default/')
})

it('prints JSON whatever is wrong', async () => {
  const { code, output, errors } = await checked({ json: true, interval: 'soon' }, {})
  expect([code, errors]).toEqual([2, ''])
  const lines = output
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
  expect(lines).toContainEqual({
    ...{ setting: 'interval', value: null, source: 'flag --interval', wrong: true },
  })
  expect(lines).toContainEqual({ mistake: expect.stringMatching(/^--interval: expected/) })
  expect(lines.filter(line => line.setting).length).toBeGreaterThan(30)
  const load = () => {
    throw new UserError('cannot read the file x')
  }
  const context = commandContext({ prefix: '', argv: { json: true } })
  expect(await check({ ...context, load })).toBe(2)
  expect(context.objects()).toEqual([{ mistake: 'cannot read the file x' }])
})
