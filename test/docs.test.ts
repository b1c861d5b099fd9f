import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../src/command-declarations.ts'
import { COMMAND_OPTIONS, settingOptions } from '../src/command-options.ts'
import { QUEUE } from '../src/jobs.ts'
import { keysOf } from '../src/ledger/keys.ts'
import { VERDICTS } from '../src/ledger/run.ts'
import { SETTINGS, type Setting } from '../src/settings.ts'
import { firstCells, read, section, ticked } from './fixtures/documents.ts'

const ROOT = join(import.meta.dirname, '..')
const DOCS = [
  'README.md',
  'CHANGELOG.md',
  'docs/architecture.md',
  'docs/operations.md',
  'docs/api.md',
  'docs/from-apscheduler.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
]
const settings: readonly Setting[] = SETTINGS

describe('the README', () => {
  // After a change of the settings: npx vitest run test/docs.test.ts -u
  it('has the table of settings as they are', async () => {
    const parts = read('README.md').split(/(<!-- settings:.*-->\n)[\s\S]*?(<!-- \/settings -->)/)
    expect(parts).toHaveLength(4)
    const [head, begin, end, tail] = parts
    const readme = `${head}${begin}\n${settingsTable()}\n${end}${tail}`
    await expect(readme).toMatchFileSnapshot('../README.md')
  })

  it('explains every verdict', () => {
    expect(firstCells(section('README.md', 'Verdicts'))).toEqual([...VERDICTS])
  })

  it('lists every command', () => {
    const listed = firstCells(section('README.md', 'Operate'))
    expect(listed).toEqual(Object.keys(COMMANDS).map(name => `hft-scheduler ${name}`))
  })
})

describe('docs/architecture.md', () => {
  it('lists every Redis key', () => {
    const key = Object.values(keysOf('')).map(name =>
      typeof name === 'string' ? name : name('<id>'),
    )
    const listed = firstCells(section('docs/architecture.md', 'Redis keys'))
    const generic = listed.map(name => `:${name.replace(/<(schedule|engine)>/, '<id>')}`)
    expect(generic.sort()).toEqual([...key, `:${QUEUE}:*`].sort())
  })

  it('lists every event', () => {
    const map = /interface EventMap \{([\s\S]*?)\n\}/.exec(read('src/events.ts'))?.[1] ?? ''
    const names = [...map.matchAll(/^ {2}'?([a-z-]+)'?: \[/gm)].map(([, name]) => name)
    expect(names.length).toBeGreaterThan(10)
    expect(firstCells(section('docs/architecture.md', 'Events'))).toEqual(names)
  })
})

describe('docs/operations.md', () => {
  it('explains reasons that there are', () => {
    const sources = ['worker/run', 'worker/engine/responses', 'worker/engine/login']
      .concat('producer/closing-run')
      .map(name => read(`src/${name}.ts`))
      .join('\n')
    const rows = section('docs/operations.md', 'Reading the verdicts').match(/^\| `.*$/gm) ?? []
    const reasons = rows.flatMap(row => ticked(row.split('|')[2] ?? ''))
    expect(reasons.length).toBeGreaterThan(20)
    for (const reason of reasons.filter(name => !/^http-\d{3}$/.test(name))) {
      expect(sources).toContain(`'${reason}'`)
    }
  })
})

describe.each(DOCS)('%s', doc => {
  const text = read(doc)

  it('names files that exist', () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, to]) =>
      join(dirname(doc), to as string),
    )
    const files = ticked(text).filter(name =>
      /^(src|test|bench|docs|scripts)\/|^\.env\./.test(name),
    )
    const paths = [...text.matchAll(/(?<=^|[\s(])(?:src|test|bench)\/[\w./-]+\.ts/gm)]
    for (const path of [...links, ...files, ...paths.flat()]) {
      expect(existsSync(join(ROOT, path)), path).toBe(true)
    }
  })

  it('names commands and their options as they are', () => {
    const calls = text.matchAll(/(?:hft-scheduler|dist\/cli\.js)\s+([a-z]+)((?: [^\s`|]+)*)/g)
    for (const [call, name = '', rest = ''] of calls) {
      expect(Object.keys(COMMANDS), call).toContain(name)
      const known = optionsOf(name as keyof typeof COMMANDS)
      for (const [option] of rest.matchAll(/--[a-z-]+/g)) expect(known, call).toContain(option)
    }
  })

  it('names options, variables and scripts that exist', () => {
    const known = Object.keys(COMMANDS).flatMap(name => optionsOf(name as keyof typeof COMMANDS))
    const options = ticked(text).flatMap(code => code.match(/^--[a-z-]+/) ?? [])
    for (const option of options) expect([...known, '--settings', '--env-file']).toContain(option)
    const variables = settings.map(({ env }) => env)
    for (const [name] of text.matchAll(/\b(?:SCHEDULER|REDIS)_[A-Z_]+/g)) {
      expect(variables).toContain(name)
    }
    const { scripts } = JSON.parse(read('package.json'))
    for (const [, run, name = run] of text.matchAll(/\bnpm (start|test|run ([a-z]+))/g)) {
      expect(Object.keys(scripts)).toContain(name)
    }
  })
})

function settingsTable(): string {
  const lines: string[] = []
  for (const [index, { name, env, fallback, about, group }] of settings.entries()) {
    if (group !== settings[index - 1]?.group) {
      lines.push('', `| ${group} | variable | default | |`, '|---|---|---|---|')
    }
    const preset = fallback === null ? '' : `\`${fallback}\``
    lines.push(`| \`--${name}\` | \`${env}\` | ${preset} | ${about.replaceAll('|', '\\|')} |`)
  }
  return `${lines.slice(1).join('\n')}\n`
}

function optionsOf(command: keyof typeof COMMANDS): string[] {
  const options = { ...COMMAND_OPTIONS[command], ...settingOptions(COMMANDS[command].groups) }
  return Object.keys(options).map(name => `--${name}`)
}
