import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { swallowed } from '../src/npm-options.ts'
import { workplace } from './fixtures/cli.ts'

const CLI = join(import.meta.dirname, '../dist/cli.js')
const npm = { npm_config_user_agent: 'npm/11.0.0 node/v20', npm_command: 'start' }

it('names every option of ours that npm has taken, and how to type it', () => {
  const env = { ...npm, npm_config_dry_run: 'true', npm_config_dashboard_write: 'yes' }
  expect(swallowed(env)).toEqual([
    'npm took --dry-run, --dashboard-write for itself; type npm start -- --dry-run --dashboard-write=yes',
  ])
})

it.each([
  ['npm_config_interval', '1', 'npm start -- --interval <value>'],
  ['npm_config_interval', '', 'npm start -- --interval <value>'],
  ['npm_config_password', 's3cret', 'npm start -- --password <value>'],
  ['npm_config_u', 'true', 'npm start -- --username <value>'],
  ['npm_config_dryrun', 'true', 'npm start -- --dry-run'],
  ['npm_config_dashboard_write', '', 'npm start -- --no-dashboard-write'],
  ['npm_config_jobs', 'get-stats', 'npm start -- --jobs <value>'],
  ['npm_config_env_file', 'true', 'npm start -- --settings <file>'],
  ['npm_config_sim_latency', 'true', 'npm start -- --sim-latency <value>'],
  ['npm_config_json', 'true', 'npm start -- --json'],
])('refuses %s=%s', (variable, value, typed) => {
  const [line, ...more] = swallowed({ ...npm, [variable]: value })
  expect(more).toEqual([])
  expect(line).toMatch(new RegExp(`; type ${typed}$`))
})

it('knows the lines of npm run and npx', () => {
  const env = { ...npm, npm_config_dry_run: 'true', npm_lifecycle_event: 'dev' }
  expect(swallowed({ ...env, npm_command: 'run-script' })[0]).toMatch(
    /type npm run dev -- --dry-run$/,
  )
  expect(swallowed({ ...env, npm_command: 'exec' })[0]).toMatch(/<command> --dry-run$/)
})

it('leaves npm its own options, and other programs theirs', () => {
  const own = {
    npm_config_prefix: '/usr',
    npm_config_loglevel: 'silent',
    npm_config_timing: 'true',
  }
  expect(swallowed({ ...npm, ...own, npm_config_jobs: '4', npm_config_node_gyp: 'x' })).toEqual([])
  expect(swallowed({ npm_config_dry_run: 'true', npm_config_user_agent: 'yarn/1.22' })).toEqual([])
  expect(swallowed({ npm_config_dry_run: 'true' })).toEqual([])
})

it('is what the npm of this machine does', async context => {
  const { dir } = await workplace(context)
  const start = `node ${JSON.stringify(CLI)} check`
  await writeFile(join(dir, 'package.json'), JSON.stringify({ name: 'x', scripts: { start } }))
  const env = {
    ...{ PATH: process.env.PATH, HOME: dir, npm_config_update_notifier: 'false' },
    ...{ SCHEDULER_ENGINEAPI_USERNAME: 'me', SCHEDULER_ENGINEAPI_PASSWORD: 's3cret' },
  }
  const typed = (...args: string[]) => {
    const options = { cwd: dir, env, encoding: 'utf8' } as const
    const { status, stdout, stderr } = spawnSync('npm', ['start', ...args], options)
    return { status, stdout, stderr }
  }
  const taken = typed('--dry-run')
  expect(taken.stderr).toContain('npm took --dry-run for itself; type npm start -- --dry-run')
  expect(taken.status).toBe(2)
  expect(typed('--silent').status).toBe(0)
  expect(typed('--', '--dry-run').stdout).toMatch(/^dry-run +yes +flag --dry-run$/m)
})
