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
  /** What can be typed after the program's name, and what for. */
  examples?: readonly (readonly [typed: string, purpose: string])[]
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
    examples: [
      ['up', 'with a simulated engine: no money moves'],
      ['up --interval 1', 'a slot every second'],
      ["up -u me -p '…' --api-host engine.example", 'a real one'],
    ],
    command: async () => (await import('./commands/up.ts')).up,
  },
  producer: {
    describe: 'declare the schedules in Redis and keep them in order',
    service: true,
    examples: [
      ['producer', 'until it is told to stop'],
      ['producer --once', 'declare what has changed, and no more'],
      ['producer --update-interval 60 --stats-interval 9', 'apart'],
    ],
    command: async () => (await import('./commands/producer.ts')).producer,
  },
  worker: {
    describe: 'call the engines, slot by slot',
    service: true,
    examples: [
      ['worker --redis-url redis://redis.internal', 'any number'],
      ['worker --password-file /run/secrets/engine', 'not typed'],
    ],
    command: async () => (await import('./commands/worker.ts')).worker,
  },
  dashboard: {
    describe: 'show everything in a browser',
    service: true,
    groups: ['Dashboard', 'Redis', 'Ledger', 'Health', 'Log'],
    examples: [
      ['dashboard', 'on this machine, to look only'],
      ['dashboard --dashboard-write', 'it can pause and trigger'],
    ],
    command: async () => (await import('./commands/dashboard.ts')).dashboard,
  },
  simulate: {
    describe: 'run the simulated engine alone',
    service: true,
    groups: ['Health'],
    examples: [
      ['simulate --latency 200ms --error-rate 0.1', 'slow, failing'],
      ['simulate --generation second --fail mint', 'ends half-way'],
    ],
    command: async () => (await import('./commands/simulate.ts')).simulate,
  },
  check: {
    describe: 'validate the configuration and show what counts, and why',
    examples: [
      ['check', 'a table'],
      ['check --settings other.env --json', 'for programs'],
    ],
    command: async () => (await import('./commands/check.ts')).check,
  },
  doctor: {
    describe: 'test Redis, engine, clocks and the chain of calls, and say what to do',
    examples: [
      ['doctor', 'exit code 0: fine, 3: look at it, 1: fails'],
      ['doctor --json | jq \'select(.level != "ok")\'', 'for programs'],
    ],
    command: async () => (await import('./commands/doctor.ts')).doctor,
  },
  health: {
    describe: 'ask a running process how it is; exit code 0: well, 1: not, 69: nobody answers',
    groups: ['Health'],
    examples: [
      ['health', 'all of it'],
      ['health --check livez --health-port 8080', 'as Docker does'],
    ],
    command: async () => (await import('./commands/health.ts')).health,
  },
  status: {
    describe: 'show schedules and workers; exit code 0: all works, 3: something needs a look',
    groups: READS,
    examples: [
      ['status', 'a table'],
      ["status --json | jq 'select(.schedule)'", 'for programs'],
    ],
    command: async () => (await import('./commands/status.ts')).status,
  },
  runs: {
    describe: 'show the ledger: how each slot ended',
    groups: READS,
    examples: [
      ['runs --follow', 'as they end'],
      ['runs --verdict failed --since 1h', 'what went wrong lately'],
      ['runs --job get-stats --limit 5 --json', 'for programs'],
    ],
    command: async () => (await import('./commands/runs.ts')).runs,
  },
  stats: {
    describe: 'show the positions that the engines reported',
    groups: READS,
    examples: [
      ['stats --limit 10', 'the newest ones'],
      ['stats --all --format csv >stats.csv', 'for a table'],
    ],
    command: async () => (await import('./commands/stats.ts')).stats,
  },
  audit: {
    describe: 'sum up the books: slots due against verdicts',
    groups: READS,
    examples: [
      ['audit', 'since the beginning'],
      ['audit --since 1d --engine default', 'of one engine, one day'],
    ],
    command: async () => (await import('./commands/audit.ts')).audit,
  },
  actions: {
    describe: 'show what people did: pauses, calls by hand, and why',
    groups: READS,
    examples: [['actions --limit 10', 'the newest ones']],
    command: async () => (await import('./commands/actions.ts')).actions,
  },
  pause: {
    describe: 'make no more calls of a schedule or an engine',
    target,
    groups: READS,
    examples: [
      ['pause default --reason maintenance', 'the whole engine'],
      ['pause default/get-stats --reason "too slow"', 'one schedule'],
    ],
    command: async () => (await import('./commands/pause.ts')).pause,
  },
  resume: {
    describe: 'make them again',
    target,
    groups: READS,
    examples: [
      ['resume default', 'the whole engine'],
      ['resume default/get-stats --reason "fast again"', 'this only'],
      ['resume default --after-clock', 'no call is under way'],
    ],
    command: async () => (await import('./commands/resume.ts')).resume,
  },
  trigger: {
    describe: 'make one call now and show its result',
    target: schedule,
    groups: READS,
    examples: [
      ['trigger default/get-stats', 'moves no money'],
      ['trigger default/update-engine --reason fixed', 'trades'],
    ],
    command: async () => (await import('./commands/trigger.ts')).trigger,
  },
}
