import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'vitest'
import { workplace } from '../fixtures/cli.ts'
import { call, engineIn } from '../fixtures/engine-process.ts'

/** Something that is a terminal to the command which it runs: that of util-linux. */
const terminal = (command: string) => `exec script -qfc "${command}" /dev/null`
const noTerminal = !spawnSync('script', ['--version']).stdout?.includes('util-linux')

describe.concurrent('a service', { timeout: 180_000 }, () => {
  test('goes on after signals that mean nothing to it, and says so', async t => {
    const { expect } = t
    const { engine, url } = await engineIn(await workplace(t))
    for (const signal of ['SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const) {
      engine.kill(signal)
      await engine.until(() => engine.stdout().includes(`${signal} does nothing`))
    }
    await call(url)
    expect((await engine.end('SIGTERM')).code).toBe(0)
    // Node says there that its debugger listens.
    expect(engine.stderr()).toBe('')
  })

  test('has SIGHUP in its log', async t => {
    const place = await workplace(t)
    const up = place.start(['up', '--interval', '1'])
    await up.event('run')
    up.kill('SIGHUP')
    const line = await up.event('warning', ({ part }) => part === 'process')
    t.expect(line.message).toBe(
      'process: SIGHUP does nothing yet: restart to have the configuration read again',
    )
    t.expect((await up.end('SIGTERM')).code).toBe(0)
  })

  test.skipIf(noTerminal)('ends in order when its terminal goes', async t => {
    const { expect } = t
    const place = await workplace(t)
    // Only the terminal's first process hears of it, as a rule a shell, which passes it on.
    const shell = terminal("trap 'kill -HUP \\$!' HUP; $* & wait; wait \\$!; echo \\$? >code")
    const { engine } = await engineIn(place, { shell })
    engine.kill('SIGKILL')
    const code = () => readFile(join(place.dir, 'code'), 'utf8').catch(() => '')
    await expect.poll(code).toBe('0\n')
  })

  test.skipIf(noTerminal)('goes on with nohup when its terminal goes', async t => {
    const { expect } = t
    const place = await workplace(t)
    const shell = terminal('echo \\$\\$ >pid; exec nohup $*')
    const { engine, text, url } = await engineIn(place, { shell, log: 'nohup.out' })
    const pid = Number(await readFile(join(place.dir, 'pid'), 'utf8'))
    t.onTestFinished(() => void kill(pid, 'SIGKILL'))
    engine.kill('SIGKILL')
    await expect.poll(text).toContain('SIGHUP does nothing')
    await call(url)
    kill(pid, 'SIGTERM')
    await expect.poll(() => kill(pid, 0)).toBe(false)
  })

  test.skipIf(noTerminal)('goes on while nobody reads its terminal', async t => {
    const { expect } = t
    const { engine, text, url } = await engineIn(await workplace(t), { shell: terminal('$*') })
    const calls = async () => (await text()).match(/ \/stats /g)?.length
    // As Ctrl-S, or a connection that hangs.
    engine.kill('SIGSTOP')
    for (let count = 0; count < 500; count++) await call(url)
    engine.kill('SIGCONT')
    await expect.poll(calls).toBe(500)
  })
})

/** false where there is no such process. */
function kill(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}
