import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { COMMANDS } from '../../src/command-declarations.ts'
import {
  dockerfile,
  dockerIgnores,
  execForm,
  last,
  ROOT,
  type Step,
} from '../fixtures/dockerfile.ts'

const steps = dockerfile()
const of = (keyword: string): Step[] => steps.filter(step => step.keyword === keyword)

test('every stage stands on the same exact version of Node, or on another stage', () => {
  const stages = of('FROM').map(({ words }) => words[2])
  const bases = of('FROM').flatMap(({ words: [base = ''] }) => (stages.includes(base) ? [] : base))
  expect(new Set(bases).size).toBe(1)
  expect(bases[0]).toMatch(/^node:24\.\d+\.\d+-bookworm-slim$/)
})

test('what is copied from the project exists, and .dockerignore lets it through', () => {
  const sources = of('COPY')
    .filter(({ flags }) => flags.from === undefined)
    .flatMap(({ words }) => words.slice(0, -1))
  expect(sources.length).toBeGreaterThan(5)
  for (const source of sources) {
    expect(existsSync(join(ROOT, source)), source).toBe(true)
    expect(dockerIgnores(source), source).toBe(false)
  }
})

test.each(['.env', '.git', 'node_modules', 'dist', 'deploy/simulate/engine-password', 'test'])(
  'the build never sees %s',
  path => expect(dockerIgnores(path)).toBe(true),
)

test('packages are installed from the lock file, before the sources are copied', () => {
  const installs = steps.filter(({ keyword, text }) => keyword === 'RUN' && /^npm/.test(text))
  expect(installs.map(({ text }) => text.split(' ').slice(0, 3).join(' '))).toEqual([
    'npm ci --omit=dev',
    'npm ci --include=dev',
    'npm run build',
  ])
  const at = (text: string) => steps.findIndex(step => step.text.startsWith(text))
  expect(at('package.json package-lock.json')).toBeLessThan(at('npm ci --omit=dev'))
  expect(at('npm ci --include=dev')).toBeLessThan(at('src '))
})

test('packages of the system come without extras, and leave no lists', () => {
  const installs = of('RUN').filter(({ text }) => text.includes('apt-get install'))
  expect(installs).toHaveLength(1)
  for (const { text } of installs) {
    expect(text).toMatch(/^apt-get update .*&& apt-get install -y --no-install-recommends /)
    expect(text).toContain('rm -rf /var/lib/apt/lists/*')
  }
})

test('no secret is built in, nor asked for at the build', () => {
  for (const { text } of [...of('ENV'), ...of('ARG'), ...of('LABEL')]) {
    expect(text).not.toMatch(/password|secret|token|username|redis_url/i)
  }
  expect(of('ARG').map(({ text }) => text.split('=')[0])).toEqual(['VERSION'])
  expect(of('ADD')).toEqual([])
})

test('it runs as a user without rights, from the last stage on to its end', () => {
  const stage = steps.findLastIndex(({ keyword }) => keyword === 'FROM')
  const user = steps.findIndex(({ keyword, text }) => keyword === 'USER' && text === 'node')
  expect(user).toBeGreaterThan(stage)
  expect(of('USER')).toHaveLength(1)
  const after = steps.slice(user).map(({ keyword }) => keyword)
  expect(after).not.toContain('RUN')
  expect(after).not.toContain('COPY')
})

test('its process 1 is tini, and the command says which part it is', () => {
  expect(execForm(last('ENTRYPOINT').text)).toEqual(['/usr/bin/tini', '--', 'hft-scheduler'])
  expect(execForm(last('CMD').text)).toEqual(['--help'])
  expect(steps.map(({ text }) => text)).toContain(
    'ln -s /app/dist/cli.js /usr/local/bin/hft-scheduler',
  )
})

test('its health is what its own process says', () => {
  const { text, flags } = last('HEALTHCHECK')
  const [program, command = '', ...options] = execForm(text)
  expect(program).toBe('hft-scheduler')
  expect(Object.keys(COMMANDS)).toContain(command)
  // Not ready is no reason for a restart.
  expect(options).toEqual(['--check', 'livez'])
  expect(Object.keys(flags).sort()).toEqual(['interval', 'retries', 'start-period', 'timeout'])
  expect(of('ENV').map(step => step.text)).toContain('SCHEDULER_HEALTH_PORT=9090')
})

test('its labels say what it is, and of which version', () => {
  const { text } = last('LABEL')
  for (const name of ['title', 'description', 'version', 'licenses']) {
    expect(text).toContain(`org.opencontainers.image.${name}="`)
  }
  expect(text).toContain('version="$VERSION"')
})
