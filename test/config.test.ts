import { describe, expect, it } from 'vitest'
import { file, problems, resolve } from './fixtures/settings.ts'

describe('mistakes', () => {
  it('come all at once, each by the name that the reader wrote', () => {
    const found = problems(
      {
        flags: { 'api-port': '70000', interval: '0.05' },
        env: { SCHEDULER_TIMEOUT: 'soon', SCHEDULER_TIMEZONE: 'Mars/Base' },
        dotenv: { SCHEDULER_LOG_LEVEL: 'loud' },
      },
      { credentials: true },
    )
    expect(found).toHaveLength(7)
    expect(found.map(line => line.split(':')[0])).toEqual([
      'SCHEDULER_ENGINEAPI_USERNAME',
      'SCHEDULER_ENGINEAPI_PASSWORD',
      '--api-port',
      '--interval',
      'SCHEDULER_TIMEZONE',
      'SCHEDULER_TIMEOUT',
      'SCHEDULER_LOG_LEVEL (.env)',
    ])
    expect(found).toContain('--api-port: expected a whole number from 1 to 65535, got "70000"')
  })

  it('never repeat a secret', () => {
    const env = { REDIS_URL: 'redis://:p4ss#word@r' }
    expect(problems({ env })).toEqual([
      expect.stringMatching(/^REDIS_URL: .* got redis:\/\/:\*+@r$/),
    ])
  })

  it.each([
    ['interval', '367d'],
    ['interval', '0.1005'],
    ['attempts', '0'],
    ['attempts', '2.5'],
    ['jobs', 'update-engine,'],
    ['update-cron', '* * * *'],
    ['update-cron', '61 * * * *'],
    ['update-cron', '0 0 31 4,6 *'],
    ['update-cron', 'H * * * *'],
    ['timezone', 'local'],
    ['prefix', 'a b'],
    ['api-scheme', 'ftp'],
  ])('count --%s %j among them', (name, text) => {
    expect(problems({ flags: { [name]: text } })).toEqual([
      expect.stringContaining(`, got ${JSON.stringify(text)}`),
    ])
  })

  it('leave out missing credentials where none are needed', () => {
    expect(problems({})).toEqual([])
    expect(problems({}, { credentials: true })).toHaveLength(2)
  })

  it('count a CA file without a certificate among them', () => {
    const path = file('ca.pem', 'no certificate')
    expect(problems({ flags: { 'api-ca-file': path } })).toEqual([
      `--api-ca-file: expected a file with PEM certificates, got ${JSON.stringify(path)}`,
    ])
  })
})

describe('a variable that must mean a dry run', () => {
  it.each([
    'SCHEDULER_DRYRUN',
    'SCHEDULER_DRY',
    'SCHEDULER_WORKER_DRY_RUN',
    'SCHEDULER_DYR_RUN',
    'SHEDULER_DRY_RUN',
  ])('is a mistake, for calls would be made: %s', name => {
    const said = `${name}: expected SCHEDULER_DRY_RUN, no such setting`
    expect(problems({ env: { [name]: 'yes' } })).toEqual([said])
    expect(problems({ dotenv: { [name]: 'yes' } })).toEqual([said.replace(':', ' (.env):')])
  })

  it('is one in small letters as well, in the environment', () => {
    expect(problems({ env: { scheduler_dry_run: 'yes' } })).toEqual([
      'scheduler_dry_run: expected SCHEDULER_DRY_RUN, no such setting',
    ])
    // The text of the file says so already.
    expect(problems({ dotenv: { 'SCHEDULER_DRY-RUN': 'yes' } })).toEqual([])
  })

  it('is none where it may be of another program', () => {
    expect(problems({ env: { DRY_RUN: 'yes', SCHEDULER_DRY_RUN: 'yes' } })).toEqual([])
  })
})

describe('the configuration', () => {
  it('is frozen throughout and has the documented defaults', () => {
    const { config } = resolve({})
    expect(config).toMatchObject({
      engines: [{ id: 'default', url: 'http://localhost:5000', username: 'me', ca: null }],
      redis: { url: 'redis://127.0.0.1:6379', prefix: '{hft-scheduler}', ca: null },
      timing: {
        lead: 250,
        maxLateness: 60_000,
        timeout: 30_000,
        settle: 30_000,
        shutdownTimeout: 25_000,
      },
      retry: { attempts: 3, backoff: 500, notExecuted: [] },
      concurrency: 1000,
      retention: { runs: 20_000, runsAge: 2_592_000_000, stats: 100_000, statsAge: 7_776_000_000 },
      log: { level: 'info', format: 'auto' },
    })
    expect(Object.isFrozen(config.engines[0]?.schedules[0]?.grid)).toBe(true)
    expect(config.worker.name).toContain(`:${process.pid}`)
  })

  it('lets settle follow the timeout, and brackets IPv6', () => {
    const { config } = resolve({
      flags: { timeout: '5', 'api-host': '::1', 'api-scheme': 'https' },
    })
    expect(config.timing.settle).toBe(5000)
    expect(config.engines[0]?.url).toBe('https://[::1]:5000')
  })

  it('comes with settings that hold no secret', () => {
    const sources = { flags: { password: 's3cret' }, env: { REDIS_URL: 'redis://:s3cret@r' } }
    const { settings, warnings } = resolve(sources)
    expect(JSON.stringify([settings, warnings])).not.toContain('s3cret')
  })
})

describe('warnings', () => {
  it('name the setting that an unknown variable was meant for', () => {
    const env = {
      SCHEDULER_INTERVALL: '1',
      SCHEDULER_QQQQQQQQQQQQQQQ: '1',
      SCHEDULER_PASSWORD: '1',
      OTHER: '1',
      REDIS_ULR: 'redis://r',
      scheduler_interval: '1',
    }
    expect(resolve({ env, dotenv: { SCHEDULER_API_HOST: 'x' } }).warnings).toEqual([
      'SCHEDULER_INTERVALL: no such setting; did you mean SCHEDULER_INTERVAL?',
      'SCHEDULER_QQQQQQQQQQQQQQQ: no such setting',
      'SCHEDULER_PASSWORD: no such setting; did you mean SCHEDULER_ENGINEAPI_PASSWORD?',
      'REDIS_ULR: no such setting; did you mean REDIS_URL?',
      'scheduler_interval: no such setting; did you mean SCHEDULER_INTERVAL?',
      'SCHEDULER_API_HOST (.env): no such setting; did you mean SCHEDULER_ENGINEAPI_HOST?',
    ])
  })

  it('tell that a password on the command line can be read by others', () => {
    const flags = { password: 'x', 'redis-url': 'redis://:x@r' }
    expect(resolve({ flags }).warnings).toEqual([
      expect.stringMatching(/^--password: everybody on this machine/),
      expect.stringMatching(/^--redis-url: it holds a password/),
    ])
  })

  it('tell that a status proves nothing of the call', () => {
    const warned = (statuses: string, jobs = 'update-engine,get-stats') =>
      resolve({ flags: { 'not-executed': statuses, jobs } }).warnings
    expect(warned('503,504,502')).toEqual([
      '--not-executed: a proxy also answers 502, 504 where the engine has the call and works on it; update-engine is then executed twice',
    ])
    for (const status of ['408', '520', '524']) expect(warned(status)).toHaveLength(1)
    for (const status of ['none', '503', '521,523']) expect(warned(status)).toEqual([])
    expect(warned('502', 'get-stats')).toEqual([])
  })

  it('tell that a lead is cut, by what was asked for', () => {
    const warned = (flags: Record<string, string>) => resolve({ flags }).warnings
    expect(warned({ lead: '2s', interval: '3', 'stats-interval': '10' })).toEqual([
      '--lead: update-engine is called too often for so long a lead: 1500ms is used',
    ])
    expect(warned({ lead: '5s', 'update-cron': '*/10 * * * * *' })).toEqual([])
    expect(warned({ lead: '6s', 'update-cron': '*/10 * * * * *', jobs: 'update-engine' })).toEqual([
      '--lead: update-engine is called too often for so long a lead: 5s is used',
    ])
    expect(warned({ interval: '0.1' })).toEqual([])
  })

  it('tell what has no effect', () => {
    expect(resolve({ flags: { timezone: 'Europe/Berlin' } }).warnings).toEqual([
      '--timezone: has no effect, no job has a cron pattern',
    ])
    const cron = { timezone: 'Europe/Berlin', 'stats-cron': '@daily' }
    expect(resolve({ flags: cron }).warnings).toEqual([])
    const flags = { jobs: 'get-stats', 'update-interval': '5' }
    expect(resolve({ flags }).warnings).toEqual([
      '--update-interval: has no effect, update-engine is not among the jobs',
    ])
  })
})
