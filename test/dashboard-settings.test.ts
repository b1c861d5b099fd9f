import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isLoopback } from '../src/dashboard-settings.ts'
import { problems, resolve, setting } from './fixtures/settings.ts'

const LOGIN = { SCHEDULER_DASHBOARD_USER: 'eve', SCHEDULER_DASHBOARD_PASSWORD: 'hidden' }

describe('without a password', () => {
  it.each(['localhost', '127.0.0.1', '127.8.9.10', '::1', '[::1]', '0:0:0:0:0:0:0:1'])(
    'may listen on %s',
    host => {
      expect(problems({ env: { SCHEDULER_DASHBOARD_HOST: host } })).toEqual([])
    },
  )

  it.each([
    '0.0.0.0',
    '::',
    '10.0.0.1',
    '128.0.0.1',
    '2001:db8::1',
    '::ffff:127.0.0.1',
    'trading.example',
    'localhost.example',
    '127.0.0.1.example',
    'here.localhost',
  ])('must not listen on %s', host => {
    expect(problems({ env: { SCHEDULER_DASHBOARD_HOST: host } })).toEqual([
      'SCHEDULER_DASHBOARD_HOST: beyond this machine, expected SCHEDULER_DASHBOARD_USER and SCHEDULER_DASHBOARD_PASSWORD (or _PASSWORD_FILE), got none',
    ])
    expect(problems({ env: { SCHEDULER_DASHBOARD_HOST: host, ...LOGIN } })).toEqual([])
  })
})

describe('a login', () => {
  it('is a name and a password, not one of them', () => {
    const { SCHEDULER_DASHBOARD_USER, SCHEDULER_DASHBOARD_PASSWORD } = LOGIN
    expect(problems({ env: { SCHEDULER_DASHBOARD_USER } })).toEqual([
      'SCHEDULER_DASHBOARD_USER: expected SCHEDULER_DASHBOARD_PASSWORD (or _PASSWORD_FILE) with it, got none',
    ])
    expect(problems({ env: { SCHEDULER_DASHBOARD_PASSWORD } })).toEqual([
      'SCHEDULER_DASHBOARD_PASSWORD: expected SCHEDULER_DASHBOARD_USER with it, got none',
    ])
    expect(resolve({}).config.dashboard.access).toBeNull()
    expect(resolve({ env: LOGIN }).config.dashboard.access).toEqual({
      user: 'eve',
      password: 'hidden',
    })
  })

  it('can have its password in a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'settings-'))
    const file = join(folder, 'password')
    writeFileSync(file, 'from a file\n')
    const env = { SCHEDULER_DASHBOARD_USER: 'eve', SCHEDULER_DASHBOARD_PASSWORD_FILE: file }
    const { access } = resolve({ env }).config.dashboard
    rmSync(folder, { recursive: true })
    expect(access).toEqual({ user: 'eve', password: 'from a file' })
  })

  it('consists of what browsers can send', () => {
    const env = { SCHEDULER_DASHBOARD_USER: 'a:b', SCHEDULER_DASHBOARD_PASSWORD: 'hid\nden' }
    const found = problems({ env })
    expect(found).toEqual([
      'SCHEDULER_DASHBOARD_PASSWORD: expected a text without line breaks, got ********',
      'SCHEDULER_DASHBOARD_USER: expected a user name without colons and control characters',
    ])
    expect(found.join()).not.toContain('hid')
  })

  it('is masked where settings are shown', () => {
    expect(setting({ env: LOGIN }, 'dashboard-password')).toMatchObject({
      value: '********',
      display: '********',
    })
  })

  it('is warned of when its password stands on the command line', () => {
    const flags = { 'dashboard-password': 'hidden' }
    const { SCHEDULER_DASHBOARD_USER } = LOGIN
    const { warnings } = resolve({ flags, env: { SCHEDULER_DASHBOARD_USER } })
    expect(warnings).toEqual([expect.stringMatching(/^--dashboard-password: everybody on this/)])
    expect(warnings.join()).not.toContain('hidden')
    expect(resolve({ env: LOGIN }).warnings).toEqual([])
  })
})

describe('the path', () => {
  it.each(['/api', '/queues/x', 'runs', '/assets/', 'engines', '/actions/a/b'])(
    'does not begin as an address of the dashboard does: %s',
    path => {
      expect(problems({ env: { SCHEDULER_DASHBOARD_PATH: path } })).toEqual([
        expect.stringMatching(/^SCHEDULER_DASHBOARD_PATH: expected a path that begins otherwise/),
      ])
    },
  )

  it.each(['/', '/ops', 'ops/queues', '/apis', '/run'])('can be %s', path => {
    expect(problems({ env: { SCHEDULER_DASHBOARD_PATH: path } })).toEqual([])
  })
})

it.each([
  ['localhost', true],
  ['[0000:0:0:0:0:0:0:0001]', true],
  ['[::1:1]', false],
  ['[::]', false],
  ['[1::1]', false],
  ['127.0.0.1', true],
  ['1127.0.0.1', false],
])('takes %s for loopback: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected)
})
