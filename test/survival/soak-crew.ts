import { readFile } from 'node:fs/promises'
import type { CliProcess } from '../fixtures/cli.ts'
import type { Violations } from './soak-violations.ts'
import type { System } from './system.ts'

export type Role = 'worker' | 'producer'

/** A process told to end may finish what it holds for this long (`--shutdown-timeout`), and a little, ms. */
const PATIENCE = 30_000

interface Member {
  process: CliProcess
  /** We asked for its end. */
  expected: boolean
}

/** The processes of a soak, by role and number: ended, stopped and started again. */
export class Crew {
  readonly #system: System
  readonly #violations: Violations
  readonly #members: Record<Role, Member[]> = { worker: [], producer: [] }
  readonly #all: CliProcess[] = []
  readonly #endings = new Set<Promise<void>>()
  #closed = false
  /** When a worker was last continued after a stop, epoch ms. */
  continuedAt = 0

  constructor(system: System, violations: Violations) {
    this.#system = system
    this.#violations = violations
    for (const [index, process] of system.workers.entries()) this.#enlist('worker', index, process)
    for (const [index, process] of system.producers.entries()) {
      this.#enlist('producer', index, process)
    }
  }

  start(role: Role, index: number): void {
    if (this.#closed || this.#members[role][index]?.expected === false) return
    this.#enlist(role, index, this.#system.start(role))
  }

  kill(role: Role, index: number): void {
    this.#expect(role, index)?.kill('SIGKILL')
  }

  /** Tells it to end; that it does so in time and with exit code 0 is looked at on the side. */
  end(role: Role, index: number, limit = PATIENCE): void {
    const process = this.#expect(role, index)
    if (process === undefined) return
    const ending = process.end('SIGTERM').then(({ code, took }) => {
      clearTimeout(timer)
      this.#endings.delete(ending)
      const name = `${role} ${index} told to end`
      if (code !== 0) this.#violations.add('I5', `${name}: exit code ${code}\n${tail(process)}`)
      if (took > limit) this.#violations.add('I5', `${name}: took ${took} ms`)
    })
    const timer = setTimeout(() => process.kill('SIGKILL'), 2 * PATIENCE)
    this.#endings.add(ending)
  }

  stop(role: Role, index: number): void {
    this.#members[role][index]?.process.kill('SIGSTOP')
  }

  continue(role: Role, index: number): void {
    this.#members[role][index]?.process.kill('SIGCONT')
    if (role === 'worker') this.continuedAt = Date.now()
  }

  /** Resolves once everyone who was told to end has ended. */
  async settled(): Promise<void> {
    await Promise.all(this.#endings)
  }

  /** Tells all to end, and resolves when they have; each must within `limit` ms. */
  async endAll(limit: number): Promise<void> {
    for (const role of ['producer', 'worker'] as const) {
      for (const index of this.#members[role].keys()) this.end(role, index, limit)
    }
    await this.settled()
  }

  /** From now on nobody is started, and everybody may end. */
  close(): void {
    this.#closed = true
  }

  /** Memory of the worker that is never killed, MB. */
  async memory(): Promise<number> {
    const pid = this.#members.worker[0]?.process.pid
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024
  }

  /** What the processes logged with this text in it. */
  logged(text: string): string[] {
    return this.#all.flatMap(process => {
      const lines = process.stdout().split('\n')
      return lines.filter(line => line.includes(text)).map(line => `${process.pid} ${line}`)
    })
  }

  #enlist(role: Role, index: number, process: CliProcess): void {
    const member: Member = { process, expected: false }
    this.#members[role][index] = member
    this.#all.push(process)
    void process.ended.then(({ code, signal }) => {
      if (this.#closed || member.expected) return
      member.expected = true
      const said = `${role} ${index} ended by itself: ${code ?? signal}\n${tail(process)}`
      this.#violations.add('I5', said)
      this.start(role, index)
    })
  }

  #expect(role: Role, index: number): CliProcess | undefined {
    const member = this.#members[role][index]
    if (member === undefined || member.expected) return undefined
    member.expected = true
    return member.process
  }
}

function tail(process: CliProcess): string {
  return `${process.stdout()}${process.stderr()}`.slice(-1500)
}
