import { describe, expect, it } from 'vitest'
import { SETTINGS, type Setting } from '../src/settings.ts'

const settings: readonly Setting[] = SETTINGS

describe('the table of settings', () => {
  it('names every flag and every variable once', () => {
    const names = settings.flatMap(({ name, env }) => [name, env])
    expect(names).toHaveLength(new Set(names).size)
  })

  it('has defaults that are valid themselves', () => {
    for (const { kind, fallback } of settings) {
      if (fallback !== null) expect(() => kind.parse(fallback)).not.toThrow()
    }
  })

  it('keeps the names of the script that it replaces', () => {
    const named = (name: string) => settings.find(setting => setting.name === name)?.env
    expect(['username', 'password', 'interval', 'api-host', 'api-port'].map(named)).toEqual([
      'SCHEDULER_ENGINEAPI_USERNAME',
      'SCHEDULER_ENGINEAPI_PASSWORD',
      'SCHEDULER_INTERVAL',
      'SCHEDULER_ENGINEAPI_HOST',
      'SCHEDULER_ENGINEAPI_PORT',
    ])
  })

  // After a change of the table: npx vitest run test/settings.test.ts -u
  it('agrees with .env.example', async () => {
    await expect(envExample()).toMatchFileSnapshot('../.env.example')
  })
})

function envExample(): string {
  const lines = [
    '# Settings of hft-scheduler: copy this file to .env and take the # off the lines that you change.',
    '# The environment wins over .env, and flags win over both. An empty value counts as not set.',
    '# Put a value with special characters in single quotes: it is then taken as it stands. One that has',
    '# a single quote itself goes into a file of its own (…_FILE), which holds it as its only line.',
  ]
  for (const [index, { name, env, kind, fallback, about, group }] of settings.entries()) {
    if (group !== settings[index - 1]?.group) lines.push('', `### ${group}`)
    lines.push('', `# ${about}`, `# --${name}: ${kind.expected}`, `#${env}=${fallback ?? ''}`)
  }
  return `${lines.join('\n')}\n`
}
