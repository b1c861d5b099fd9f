import type { ChainableCommander } from 'ioredis'

/**
 * The replies to a pipeline, null where a key is of another type than it should be. Rejects when
 * Redis did not answer all of it.
 */
export async function repliesTo(commands: ChainableCommander): Promise<unknown[]> {
  const replies = (await commands.exec()) ?? []
  return replies.map(([error, value]) => {
    if (error !== null && !isWrongType(error)) throw error
    return error === null ? value : null
  })
}

/** For a `catch`: what stands for a key that is of another type than it should be. */
export function garbageAs<Value>(instead: Value): (error: Error) => Value {
  return error => {
    if (isWrongType(error)) return instead
    throw error
  }
}

function isWrongType({ message }: Error): boolean {
  return message.startsWith('WRONGTYPE')
}
