import type { Config } from '../config.ts'
import { EngineClient } from './engine/client.ts'
import type { Tokens } from './tokens.ts'

/** A client for each configured engine, by its id. */
export function engineClients(config: Config, tokens: Tokens): ReadonlyMap<string, EngineClient> {
  const { timeout } = config.timing
  const { notExecuted } = config.retry
  return new Map(
    config.engines.map(engine => [
      engine.id,
      new EngineClient({ engine, timeout, notExecuted, events: tokens }),
    ]),
  )
}
