import { span } from './terminal.ts'

/**
 * A moment in Redis that is further ahead of now than this, beside a lead, was written before the
 * clock was set back, ms. What is less is waited for.
 */
export const AHEAD = 3000

/** Was a moment of a schedule (epoch ms, its lead in ms) written before the clock was set back? */
export function isAhead(moment: number, lead: number, now: number): boolean {
  return moment - now > lead + AHEAD
}

/** What is said where books stood at `from` when it was `to`, epoch ms; `at` writes a time. */
export function wordsOfSetBack(
  { from, to }: { from: number; to: number },
  at: (time: number) => string,
): string {
  return `the clock was set back: the books stood at ${at(from)}, it is ${at(to)}; calls go on, those that move money once no earlier one can be under way`
}

/** What is said of a clock that was set by `by` ms; calls are held until `held`, epoch ms; `at` writes a time. */
export function wordsOfJump(
  jump: { whose: 'own' | 'Redis'; by: number; held: number | null },
  at: (time: number) => string,
): string {
  const { whose, by, held } = jump
  const which = whose === 'own' ? 'the clock of this machine' : "Redis's clock"
  const set = `${which} was set ${by < 0 ? 'back' : 'ahead'} by ${span(Math.abs(by))}`
  return held === null ? set : `${set}; calls that move money are held until ${at(held)}`
}
