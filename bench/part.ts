import { fork } from 'node:child_process'
import { once } from 'node:events'

/** A child process of a benchmark: it is told things, and answers each with one message. */
export interface Part<Answers> {
  ask<Name extends keyof Answers>(question: Name, data?: unknown): Promise<Answers[Name]>
  end(): Promise<void>
}

export async function startPart<Answers>(file: string, data?: unknown): Promise<Part<Answers>> {
  const child = fork(new URL(file, import.meta.url), {
    stdio: 'inherit',
    execArgv: [
      ...process.execArgv,
      ...(process.env['PROF'] && file.includes(process.env['PROF'])
        ? ['--cpu-prof', '--cpu-prof-dir=/tmp/prof']
        : []),
    ],
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

/** User and system CPU of this process since the last call, ms. */
export function cpuMeter(): () => number {
  let last = process.cpuUsage()
  return () => {
    const used = process.cpuUsage(last)
    last = process.cpuUsage()
    return (used.user + used.system) / 1000
  }
}
