import type { CommandContext } from '../command.ts'
import { COMMANDS } from '../command-declarations.ts'
import { ownOptions, settingOptions } from '../command-options.ts'
import { doneWithin } from '../deadline.ts'
import type { Schedule } from '../jobs.ts'
import { declaredSchedules } from '../ledger/declared.ts'
import { keysOf } from '../ledger/keys.ts'
import { VERDICTS } from '../ledger/run.ts'
import { connectRedis } from '../redis.ts'

/** Somebody has pressed a key: what Redis has not told by then is not offered, ms. */
const PATIENCE = 1000

/** Which names can stand where the cursor is. */
type What = 'verdicts' | 'schedules' | 'engines' | 'targets'

const OPTIONS: Readonly<Record<string, What>> = {
  '--verdict': 'verdicts',
  '--schedule': 'schedules',
  '--engine': 'engines',
  '--target': 'targets',
}

/**
 * What completes the last of `words`, which were typed after the program's name: verdicts, or what is
 * declared in Redis. Null where the parser knows better.
 */
export async function complete(
  words: readonly string[],
  load: CommandContext['load'],
): Promise<string[] | null> {
  const what = wanted(words)
  if (what === null) return null
  const current = words.at(-1) ?? ''
  if (what !== 'verdicts') return (await names(what, load)).filter(it => it.startsWith(current))
  // Those before are kept, and not offered again.
  const before = current.slice(0, current.lastIndexOf(',') + 1)
  const left = VERDICTS.filter(verdict => !before.split(',').includes(verdict))
  return left.map(verdict => before + verdict).filter(it => it.startsWith(current))
}

function wanted(words: readonly string[]): What | null {
  const [command = '', ...typed] = words
  const current = typed.pop()
  if (current === undefined || current.startsWith('-')) return null
  // A shell may take the = of --verdict=failed for a word.
  const option = typed.at(-1) === '=' ? typed.at(-2) : typed.at(-1)
  const known = option === undefined ? undefined : OPTIONS[option]
  if (known !== undefined) return known
  if (!Object.hasOwn(COMMANDS, command)) return null
  const name = command as keyof typeof COMMANDS
  const { target } = COMMANDS[name]
  if (target === undefined) return null
  const flags = flagsOf(name)
  const isValue = (before = '') =>
    before === '=' || (before.startsWith('-') && !before.includes('=') && !flags.has(before))
  const given = typed.some((word, index) => !/^[-=]/.test(word) && !isValue(typed[index - 1]))
  if (given || isValue(option)) return null
  return target.name === 'schedule' ? 'schedules' : 'targets'
}

/** The options of a command that have no value. */
function flagsOf(command: keyof typeof COMMANDS): ReadonlySet<string> {
  const options = { ...settingOptions(COMMANDS[command].groups), ...ownOptions(command) }
  const flags = Object.entries(options).filter(([, { type }]) => type === 'boolean')
  return new Set(flags.map(([name]) => `--${name}`))
}

/** Nothing where Redis does not tell in time: a completion is no place for an error. */
async function names(
  what: Exclude<What, 'verdicts'>,
  load: CommandContext['load'],
): Promise<string[]> {
  const read = async () => {
    const { config } = load({ credentials: false })
    const redis = await connectRedis(config.redis)
    try {
      const all = await declaredSchedules(redis, keysOf(config.redis.prefix))
      return [...all.values()].map(({ schedule }) => schedule)
    } finally {
      redis.disconnect()
    }
  }
  let schedules: Schedule[] = []
  await doneWithin(
    PATIENCE,
    read().then(found => {
      schedules = found
    }),
  )
  const engines = [...new Set(schedules.map(({ engine }) => engine))]
  const ids = schedules.map(({ id }) => id)
  if (what === 'engines') return engines
  return what === 'schedules' ? ids : [...engines, ...ids]
}
