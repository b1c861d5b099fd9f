import type { Command } from './command.ts'
import type { COMMAND_OPTIONS } from './command-options.ts'

/** What the command line says of a command; its options stand in command-options.ts. */
export interface Declaration {
  describe: string
  /** Runs until it is told to stop, and ends in its own time. */
  service?: true
  /** Positional, required. */
  target?: { name: string; describe: string }
  /** Names of the groups of settings it takes; every group if not given. */
  groups?: string[]
  command: () => Promise<Command>
}

const READS = ['Redis']
const schedule = { name: 'schedule', describe: '<engine>/<job>, e.g. default/get-stats' }
const target = { name: 'target', describe: 'a schedule (<engine>/<job>) or a whole engine' }

/** Every command in the order of the help; each is loaded only when it runs. */
export const COMMANDS: Record<keyof typeof COMMAND_OPTIONS, Declaration> = {
  up: {
    describe: 'run everything on this machine; with a simulated engine unless one is set',
    service: true,
    command: async () => (await import('./commands/up.ts')).up,
  },
  producer: {
    describe: 'declare the schedules in Redis and keep them in order',
    service: true,
    command: async () => (await import('./commands/producer.ts')).producer,
  },
  worker: {
    describe: 'call the engines, slot by slot',
    service: true,
    command: async () => (await import('./commands/worker.ts')).worker,
  },
  dashboard: {
    describe: 'show everything in a browser',
    service: true,
    groups: ['Dashboard', 'Redis', 'Ledger', 'Health', 'Log'],
    command: async () => (await import('./commands/dashboard.ts')).dashboard,
  },
  simulate: {
    describe: 'run the simulated engine alone',
    service: true,
    groups: [],
    command: async () => (await import('./commands/simulate.ts')).simulate,
  },
  check: {
    describe: 'validate the configuration and show what counts, and why',
    command: async () => (await import('./commands/check.ts')).check,
  },
  status: {
    describe: 'show schedules and workers; exit code 0: all works, 3: something needs a look',
    groups: READS,
    command: async () => (await import('./commands/status.ts')).status,
  },
  runs: {
    describe: 'show the ledger: how each slot ended',
    groups: READS,
    command: async () => (await import('./commands/runs.ts')).runs,
  },
  stats: {
    describe: 'show the positions that the engines reported',
    groups: READS,
    command: async () => (await import('./commands/stats.ts')).stats,
  },
  audit: {
    describe: 'sum up the books: slots due against verdicts',
    groups: READS,
    command: async () => (await import('./commands/audit.ts')).audit,
  },
  pause: {
    describe: 'make no more calls of a schedule or an engine',
    target,
    groups: READS,
    command: async () => (await import('./commands/pause.ts')).pause,
  },
  resume: {
    describe: 'make them again',
    target,
    groups: READS,
    command: async () => (await import('./commands/resume.ts')).resume,
  },
  trigger: {
    describe: 'make one call now and show its result',
    target: schedule,
    groups: READS,
    command: async () => (await import('./commands/trigger.ts')).trigger,
  },
}
