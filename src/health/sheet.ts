import { z } from 'zod'
import { clock, moment, paint, printable, table, timed, verdictTone } from '../terminal.ts'

/** What /healthz tells, as far as people are shown it. */
const Told = z.object({
  status: z.string(),
  parts: z.array(z.string()),
  name: z.string(),
  version: z.string(),
  since: z.number(),
  checks: z.array(
    z.object({ part: z.string(), name: z.string(), ok: z.boolean(), detail: z.string() }),
  ),
  schedules: z
    .array(
      z.object({
        id: z.string(),
        nextSlot: z.number().nullable(),
        lastSuccess: z.number().nullable(),
        lastVerdict: z.string().nullable(),
        books: z
          .object({ due: z.number(), accountedFor: z.number(), unaccounted: z.number() })
          .nullable(),
      }),
    )
    .nullable(),
})
type Told = z.infer<typeof Told>

/** The answer of /healthz for people; what is none of ours is shown as it came. */
export function healthSheet(answer: object, width = Infinity): string {
  const { data: told } = Told.safeParse(answer)
  if (told === undefined) return `${printable(JSON.stringify(answer))}\n`
  const { name, version, since, schedules } = told
  const status = told.status === 'ok' ? paint.green('ok') : paint.red(printable(told.status))
  const what = `${told.parts.join(', ')} ${name}, version ${version}, since ${moment(since)}`
  const rest = schedules === null ? paint.dim('Redis does not tell the schedules') : ''
  const below = schedules?.length ? scheduleTable(schedules, width) : rest
  return `${status}  ${printable(what)}\n\n${checkTable(told, width)}\n${below === '' ? '' : `\n${below}\n`}`
}

function checkTable({ checks }: Told, width: number): string {
  const rows = checks.map(({ part, name, ok, detail }) => {
    return [printable(part), printable(name), ok ? 'ok' : paint.red('fails'), printable(detail)]
  })
  return table(['part', 'check', '', ''], rows, width)
}

function scheduleTable(schedules: NonNullable<Told['schedules']>, width: number): string {
  const at = (time: number | null) => (time === null ? '-' : clock(time))
  const rows = schedules.map(({ id, nextSlot, lastSuccess, lastVerdict, books }) => [
    printable(id),
    at(nextSlot),
    at(lastSuccess),
    lastVerdict === null ? '-' : verdictTone(lastVerdict)(printable(lastVerdict)),
    ...(books === null
      ? ['-', '-', '-']
      : [books.due, books.accountedFor, books.unaccounted].map(String)),
  ])
  const head = [
    'schedule',
    timed('next'),
    'last success',
    'last verdict',
    'due',
    'accounted',
    'not',
  ]
  return table(head, rows, width)
}
