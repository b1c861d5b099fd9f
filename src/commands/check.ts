import type { CommandContext } from '../command.ts'
import type { Config, EffectiveSetting } from '../config.ts'
import { formatDuration } from '../duration.ts'
import { scheduleId } from '../jobs.ts'
import { type Grid, nextSlot } from '../slots.ts'

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
        'Settings',
        ...columns(settings.map(row)),
        '',
        'Schedules',
        ...columns(schedules.map(({ schedule, grid, next }) => [schedule, words(grid), at(next)])),
        ...(warnings.length > 0 ? ['', 'Warnings', ...warnings.map(line => `  ${line}`)] : []),
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
  if ('cron' in grid) return `cron ${grid.cron} (${grid.timezone})`
  const phase = grid.phase > 0 ? `, ${formatDuration(grid.phase)} after the full one` : ''
  return `every ${formatDuration(grid.interval)}${phase}`
}

function at(slot: number): string {
  return `next ${new Date(slot).toISOString()}`
}

function columns(rows: string[][]): string[] {
  const widths = rows[0]?.map((_, index) => Math.max(...rows.map(row => row[index]?.length ?? 0)))
  return rows.map(row =>
    `  ${row.map((cell, index) => cell.padEnd(widths?.[index] ?? 0)).join('  ')}`.trimEnd(),
  )
}
