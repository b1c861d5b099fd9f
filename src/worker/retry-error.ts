/** Thrown to make BullMQ try again after `delay` ms. */
export class RetryError extends Error {
  override readonly name = 'RetryError'
  readonly delay: number

  constructor(reason: string, delay: number) {
    super(reason)
    this.delay = delay
  }
}

/** BullMQ's `backoffStrategy`: what was decided with the run; -1 is no further attempt. */
export function backoffStrategy(_attempts: number, _type?: string, error?: Error): number {
  return error instanceof RetryError ? error.delay : -1
}
