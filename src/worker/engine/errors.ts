import type { Failure } from './responses.ts'

/**
 * Why a call cannot be made now. `code` is the stable reason, the classification answers
 * "retry?". It never chains the error of the HTTP client, which carries headers and bodies.
 */
export class EngineError extends Error {
  override readonly name = 'EngineError'
  readonly code: string
  readonly classification: Failure

  constructor(classification: Failure) {
    super(classification.detail)
    this.code = classification.reason
    this.classification = classification
  }
}

/** The call was given up before anything was sent. */
export function abortedError(): EngineError {
  return new EngineError({
    class: 'not-executed',
    reason: 'aborted',
    status: null,
    detail: 'given up before sending',
    retryAfter: null,
  })
}
