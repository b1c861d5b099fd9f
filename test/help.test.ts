import { spawnSync } from 'node:child_process'
import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { COMMANDS } from '../src/command-declarations.ts'
import { COMMAND_OPTIONS, settingOptions } from '../src/command-options.ts'
import { SETTINGS } from '../src/settings.ts'
import { workplace } from './fixtures/cli.ts'

const names = Object.keys(COMMANDS) as (keyof typeof COMMANDS)[]
const CLI = join(import.meta.dirname, '../dist/cli.js')

test.each(names)('the help of %s can be read at 80 columns, and its examples be typed', name => {
  const examples = COMMANDS[name].examples ?? []
  expect(examples.length).toBeGreaterThan(0)
  const options = { ...COMMAND_OPTIONS[name], ...settingOptions(COMMANDS[name].groups) }
  for (const [typed] of examples) {
    expect(typed.split(' ')[0]).toBe(name)
    const given = [...typed.replace(/\|.*/, '').matchAll(/ --([a-z-]+)/g)].map(([, name]) => name)
    for (const option of given) expect([...Object.keys(options), 'settings']).toContain(option)
  }
  const help = helpOf([name], 80)
  expect(help.filter(line => line.length > 80)).toEqual([])
  for (const [typed, purpose] of examples) {
    expect(help).toContain(`  hft-scheduler ${typed}  # ${purpose}`)
  }
  for (const option of Object.keys(options)) {
    expect(help.some(line => line.includes(`--${option} `))).toBe(true)
  }
})

test('the help is no wider than can be read well', () => {
  for (const columns of [80, 100, 300]) {
    const help = helpOf([], columns)
    expect(Math.max(...help.map(line => line.length))).toBeLessThanOrEqual(Math.min(columns, 100))
    for (const name of names) expect(help.join('\n')).toContain(`  hft-scheduler ${name}`)
  }
})

test('options stand in groups, those of the command first, with variables and defaults', () => {
  const help = helpOf(['worker'], 100)
  const groups = help.filter(line => /^\S+.*:$/.test(line))
  const expected = [...new Set(SETTINGS.map(({ group }) => `${group}:`))]
  expect(groups).toEqual([...expected, 'Options:', 'Examples:'])
  expect(helpOf(['runs'], 100).filter(line => /^\S+.*:$/.test(line))[0]).toBe('Of runs:')
  expect(help.join('\n')).toMatch(/--lead .*\s+\(SCHEDULER_LEAD\) +\[string\] \[default: 250ms\]/)
})

const bash = spawnSync('bash', ['-c', 'type mapfile']).status === 0
test.runIf(bash)('what a shell completes is what can be typed', async context => {
  const place = await workplace(context)
  const { dir } = place
  const { stdout } = await place.run(['completion'], { SHELL: '/bin/bash' })
  await symlink(CLI, join(dir, 'hft-scheduler'))
  await writeFile(join(dir, 'completion'), stdout)
  expect(spawnSync('bash', ['-n', join(dir, 'completion')]).status).toBe(0)
  const complete = (...words: string[]) => {
    const script = `source "${dir}/completion"
      COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
      _hft-scheduler_yargs_completions
      printf '%s\\n' "\${COMPREPLY[@]}"`
    const typed = ['-c', script, 'bash', 'hft-scheduler', ...words]
    const env = { ...process.env, PATH: `${dir}:${process.env.PATH}` }
    return spawnSync('bash', typed, { encoding: 'utf8', env }).stdout.trim().split('\n')
  }
  expect(complete('')).toEqual([...names, 'completion'])
  expect(complete('tri')).toEqual(['trigger'])
  expect(complete('dashboard', '--dashboard-w')).toEqual(['--dashboard-write'])
  expect(complete('runs', '--job', '')).toEqual(['update-engine', 'get-stats'])
  expect(complete('runs', '--verdict', 'failed,un')).toEqual(['failed,unknown'])
})

function helpOf(command: string[], columns: number): string[] {
  const args = [CLI, ...command, '--help']
  const env = { PATH: process.env.PATH, COLUMNS: String(columns) }
  return spawnSync(process.execPath, args, { encoding: 'utf8', env }).stdout.split('\n')
}
