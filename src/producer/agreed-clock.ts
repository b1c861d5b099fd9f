import type { Presence } from '../presence.ts'

/**
 * By how much the clock that most agree on, Redis's among them, is ahead of Redis's, ms. Of two that
 * disagree it is the one behind: a clock that is ahead would close slots before they are due, and one
 * that is behind alone would keep them open.
 */
export function agreedOn(processes: readonly Pick<Presence, 'clock'>[]): number {
  const clocks = [0, ...processes.flatMap(({ clock }) => clock ?? [])].sort((a, b) => a - b)
  return clocks[Math.floor((clocks.length - 1) / 2)] ?? 0
}
