import { redisAdvice, redisProblem } from '../redis-errors.ts'
import { about, type Finding } from './finding.ts'

export interface Check {
  name: string
  /** ms. */
  limit: number
  /** Names of the checks under way. */
  waiting: Set<string>
  look: () => Promise<Finding[]> | Finding[]
}

/** Never rejects: a check that breaks, or does not end within its limit, is a finding itself. */
export async function perform({ name, limit, waiting, look }: Check): Promise<Finding[]> {
  const { failure } = about(name)
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Finding[]>(resolve => {
    const found = `no answer within ${limit / 1000} s`
    const advice = 'what it asks is out of reach or overloaded: look there, then ask again'
    timer = setTimeout(() => resolve([failure(found, advice)]), limit)
  })
  waiting.add(name)
  try {
    return await Promise.race([look(), late])
  } catch (error) {
    const advice = redisAdvice(error) ?? 'look at what it says; the other checks stand without it'
    return [failure(`could not look: ${redisProblem(error)}`, advice)]
  } finally {
    clearTimeout(timer)
    waiting.delete(name)
  }
}
