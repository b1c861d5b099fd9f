import { type Change, useAddress } from '../address.ts'
import { EARLIEST, LATEST, type Stretch } from './stretch.ts'

/** Windows that end now, as the API and as people call them. */
export const SPANS = [
  ['15m', '15 min'],
  ['1h', '1 h'],
  ['6h', '6 h'],
  ['24h', '24 h'],
  ['7d', '7 d'],
  ['all', 'all'],
] as const
export type Span = (typeof SPANS)[number][0]

/** What is looked at. It stands in the page's address, so that a link shows the same. */
export interface Choice {
  /** A window that ends now; or one that stands still, in epoch ms. */
  window: Span | Stretch
  /** Fields that have a chart of their own beside those that everybody has. */
  fields: readonly string[]
  /** Are times of calls drawn by their factors? */
  log: boolean
}

/** What an address says; what makes no sense is passed over. */
function readChoice(query: URLSearchParams): Choice {
  const [from, to] = [Number(query.get('from')), Number(query.get('to'))]
  const span = SPANS.find(([name]) => name === query.get('window'))?.[0]
  const still = isInstant(from) && isInstant(to) && to > from
  return {
    window: still ? { from, to } : (span ?? '15m'),
    fields: [...new Set((query.get('fields') ?? '').split(',').filter(name => name !== ''))],
    log: query.get('scale') === 'log',
  }
}

function isInstant(ms: number): boolean {
  return Number.isSafeInteger(ms) && ms >= EARLIEST && ms < LATEST
}

/** The choice in the address; each change is a step that the browser's back button takes back. */
export function useChoice(): [Choice, (change: Partial<Choice>) => void] {
  const { query, go } = useAddress()
  return [readChoice(query), change => go(written(change))]
}

function written({ window, fields, log }: Partial<Choice>): Change {
  const still = typeof window === 'object' ? window : null
  return {
    ...(window === undefined
      ? {}
      : {
          window: typeof window === 'string' ? window : null,
          from: still && String(still.from),
          to: still && String(still.to),
        }),
    ...(fields === undefined ? {} : { fields: fields.join(',') }),
    ...(log === undefined ? {} : { scale: log ? 'log' : null }),
  }
}
