import { fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import { join } from 'node:path'

/** A child process of a benchmark: it is told things, and answers each with one message. */
export interface Part<Answers> {
  ask<Name extends keyof Answers>(question: Name, data?: unknown): Promise<Answers[Name]>
  end(): Promise<void>
}

export async function startPart<Answers>(file: string, data?: unknown): Promise<Part<Answers>> {
  const child = fork(new URL(file, import.meta.url), {
    stdio: 'inherit',
    execArgv: [...process.execArgv, '--expose-gc'],
  })
  const part: Part<Answers> = {
    async ask(question, about) {
      const answer = once(child, 'message')
      child.send({ question, data: about })
      return (await answer)[0] as never
    },
    async end() {
      if (child.exitCode !== null) return
      const exit = once(child, 'exit')
      child.disconnect()
      await exit
    },
  }
  await (part as Part<{ start: unknown }>).ask('start', data)
  return part
}

/** The child's side: answers questions until the parent goes. */
export function answer(
  answers: Record<string, (data: never) => unknown>,
  end: () => Promise<unknown>,
) {
  process.on('message', async (message: { question: string; data: never }) => {
    process.send?.((await answers[message.question]?.(message.data)) ?? null)
  })
  process.on('disconnect', () => void end().finally(() => process.exit(0)))
}

/**
 * User and system CPU of this process since the last call, ms. With BENCH_PROFILE=<folder> the time
 * between two calls is profiled as well, for a browser's performance tab.
 */
export function cpuMeter(): () => Promise<number> {
  const folder = process.env.BENCH_PROFILE
  const session = folder === undefined ? null : new Session()
  let last = process.cpuUsage()
  let profiling = false
  return async () => {
    const used = process.cpuUsage(last)
    if (session !== null && profiling) {
      const { profile } = await session.post('Profiler.stop')
      writeFileSync(join(folder ?? '', `${process.pid}.cpuprofile`), JSON.stringify(profile))
    } else if (session !== null) {
      session.connect()
      await session.post('Profiler.enable')
      await session.post('Profiler.start')
    }
    profiling = session !== null && !profiling
    last = process.cpuUsage()
    return (used.user + used.system) / 1000
  }
}
