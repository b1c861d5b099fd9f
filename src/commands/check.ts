import { type CommandContext, UserError } from '../command.ts'
import { ConfigError, type EffectiveSetting, type Engine } from '../config.ts'
import { formatDuration } from '../duration.ts'
import { engineIsSet, TRIAL_INTERVAL } from '../engine-settings.ts'
import { scheduleId } from '../jobs.ts'
import { cadence, type Grid, nextSlot } from '../slots.ts'
import { clock, jsonLine, paint, printable, table, timed, widthOf } from '../terminal.ts'

/** Exit code where the configuration has mistakes. */
const USAGE = 2
const SIMULATED = [
  `no engine is configured: up simulates one, with --interval ${TRIAL_INTERVAL} where none is set`,
  'a worker started by itself needs SCHEDULER_ENGINEAPI_USERNAME and SCHEDULER_ENGINEAPI_PASSWORD',
]

interface Picture {
  settings: readonly EffectiveSetting[]
  /** Null where mistakes leave open what is called, and when. */
  engines: readonly Engine[] | null
  notes: readonly string[]
  warnings: readonly string[]
  mistakes: readonly string[]
}

/**
 * Validates the configuration and prints what counts, from where, the schedules that follow, what
 * may not be meant and then what is wrong: all of it, whatever is wrong.
 */
export async function check({ argv, env, load, stdout, stderr }: CommandContext): Promise<number> {
  const picture = argv.json === true ? orMistake(load) : whole(load)
  const { mistakes } = picture
  if (argv.json === true) stdout.write(lines(picture).map(jsonLine).join(''))
  else {
    stdout.write(sheet(picture, widthOf(stdout, env)))
    // Where every command says it.
    if (mistakes.length > 0) {
      const listed = mistakes.map(line => `  ${line}\n`).join('')
      stderr.write(`hft-scheduler: The configuration has mistakes:\n${listed}`)
    }
  }
  return mistakes.length === 0 ? 0 : USAGE
}

/** Without an engine nobody needs to log in: it is what `up` is tried with. */
function whole(load: CommandContext['load']): Picture {
  const first = looked(load, false)
  return engineIsSet(first.settings) ? looked(load, true) : { ...first, notes: SIMULATED }
}

function looked(load: CommandContext['load'], credentials: boolean): Picture {
  try {
    const { config, settings, warnings } = load({ credentials })
    return { settings, warnings, engines: config.engines, notes: [], mistakes: [] }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return { ...error.picture, notes: [], mistakes: error.problems }
  }
}

/** A program gets JSON also where the file with the settings cannot be read. */
function orMistake(load: CommandContext['load']): Picture {
  try {
    return whole(load)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { settings: [], engines: null, notes: [], warnings: [], mistakes: [error.message] }
  }
}

function lines({ settings, engines, notes, warnings, mistakes }: Picture): object[] {
  return [
    ...settings.map(({ name, value, source, wrong }) => {
      return { setting: name, value, source, ...(wrong ? { wrong } : {}) }
    }),
    ...planned(engines ?? []),
    ...notes.map(note => ({ note })),
    ...warnings.map(warning => ({ warning })),
    ...mistakes.map(mistake => ({ mistake })),
  ]
}

function sheet({ settings, engines, notes, warnings }: Picture, width: number): string {
  const schedules = planned(engines ?? []).map(({ schedule, grid, next, engine }) => [
    schedule,
    words(grid),
    clock(next),
    engine,
  ])
  const parts = [
    table(['setting', 'value', 'source'], settings.map(row), width),
    schedules.length === 0
      ? ''
      : table(['schedule', 'slots', timed('next slot'), 'engine'], schedules, width),
    notes.join('\n'),
    warnings.map(line => `warning: ${line}`).join('\n'),
  ]
  return `${parts.filter(part => part !== '').join('\n\n')}\n`
}

function planned(engines: readonly Engine[]) {
  return engines.flatMap(engine =>
    engine.schedules.map(({ job, grid }) => ({
      schedule: scheduleId(engine.id, job),
      engine: engine.url,
      grid,
      next: nextSlot(grid, Date.now()),
    })),
  )
}

function row({ name, display, source, wrong }: EffectiveSetting): string[] {
  // A line break in a value would break the table, and an escape sequence the terminal.
  const shown = /\p{Cc}/u.test(display) ? JSON.stringify(display) : display
  return [name, wrong ? paint.red(`${shown || '-'} (wrong)`) : shown || '-', printable(source)]
}

function words(grid: Grid): string {
  const phase = 'cron' in grid ? 0 : grid.phase
  return phase > 0 ? `${cadence(grid)}, shifted by ${formatDuration(phase)}` : cadence(grid)
}
