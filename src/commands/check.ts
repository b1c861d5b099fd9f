import type { CommandContext } from '../command.ts'
import type { Config, EffectiveSetting } from '../config.ts'
import { formatDuration } from '../duration.ts'
import { scheduleId } from '../jobs.ts'
import { cadence, type Grid, nextSlot } from '../slots.ts'
import { table } from '../terminal.ts'

/** Validates the configuration and prints what counts, from where, and the schedules that follow. */
export async function check({ argv, load, stdout }: CommandContext): Promise<number> {
  const { config, settings, warnings } = load({ credentials: true })
  const schedules = planned(config)
  const lines = argv.json
    ? [
        ...settings.map(({ name, value, source }) => ({ setting: name, value, source })),
        ...schedules,
        ...warnings.map(warning => ({ warning })),
      ].map(line => JSON.stringify(line))
    : [
        table(['setting', 'value', 'source'], settings.map(row)),
        '',
        table(
          ['schedule', 'slots', 'next slot', 'engine'],
          schedules.map(({ schedule, grid, next, engine }) => [
            schedule,
            words(grid),
            new Date(next).toISOString(),
            engine,
          ]),
        ),
        ...(warnings.length > 0 ? ['', ...warnings.map(line => `warning: ${line}`)] : []),
      ]
  stdout.write(`${lines.join('\n')}\n`)
  return 0
}

function planned(config: Config) {
  return config.engines.flatMap(engine =>
    engine.schedules.map(({ job, grid }) => ({
      schedule: scheduleId(engine.id, job),
      engine: engine.url,
      grid,
      next: nextSlot(grid, Date.now()),
    })),
  )
}

function row({ name, display, source }: EffectiveSetting): string[] {
  // A line break in a value would break the table, and an escape sequence the terminal.
  const printable = /\p{Cc}/u.test(display) ? JSON.stringify(display) : display
  return [name, printable || '-', source]
}

function words(grid: Grid): string {
  const phase = 'cron' in grid ? 0 : grid.phase
  return phase > 0 ? `${cadence(grid)}, shifted by ${formatDuration(phase)}` : cadence(grid)
}
