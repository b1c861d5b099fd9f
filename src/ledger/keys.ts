/**
 * Every key of ours, under one prefix (a hash tag, so all are in one Cluster slot).
 * docs/architecture.md says what each holds and who writes it; BullMQ's own are `<prefix>:calls:*`.
 */
export function keysOf(prefix: string) {
  return {
    /** hash: schedule id → what is declared */
    schedules: `${prefix}:schedules`,
    /** hash: schedule id → what was declared, until its last slots are closed */
    removed: `${prefix}:removed`,
    /** hash: who declared last, and when */
    declaration: `${prefix}:declaration`,
    /** hash: producer → what its settings declare */
    intents: `${prefix}:intents`,
    /** hash: schedule or engine id → pause */
    paused: `${prefix}:paused`,
    /** stream: what people did */
    actions: `${prefix}:actions`,
    /** hash: schedule or engine id → when somebody vouched that none of its calls is under way */
    vouched: `${prefix}:vouched`,
    /** hash: process name → presence */
    processes: `${prefix}:processes`,
    /** channel: every recorded run */
    recorded: `${prefix}:recorded`,
    /** hash: epochs, watermark, sums, fence */
    books: (schedule: string) => `${prefix}:books:${schedule}`,
    /** sorted set: one run per slot, by slot */
    runs: (schedule: string) => `${prefix}:runs:${schedule}`,
    /** sorted set: runs of a stretch that a clock which was set back passes once more, by slot */
    ahead: (schedule: string) => `${prefix}:ahead:${schedule}`,
    /** sorted set: calls by hand, by time asked */
    manual: (schedule: string) => `${prefix}:manual:${schedule}`,
    /** hash: slot → mark of a call under way */
    sent: (schedule: string) => `${prefix}:sent:${schedule}`,
    /** hash with a time to live: who may call now */
    lease: (schedule: string) => `${prefix}:lease:${schedule}`,
    /** stream: an engine's numbers over time */
    stats: (engine: string) => `${prefix}:stats:${engine}`,
  }
}
export type Keys = ReturnType<typeof keysOf>
