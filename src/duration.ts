const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const DURATION = /^(\d+(?:\.\d*)?|\.\d+)\s*(ms|s|m|h|d)?$/

/** `10` or `0.5` (seconds), `250ms`, `30s`, `5m`, `1.5h`, `30d` → ms; null for anything else. */
export function parseDuration(text: string): number | null {
  const match = DURATION.exec(text.trim())
  if (!match) return null
  const unit = UNITS[(match[2] ?? 's') as keyof typeof UNITS]
  // 4.35 s is 4350 ms, not 4349.999…: floating point must not decide what is a whole number.
  const ms = Math.round(Number(match[1]) * unit * 1e6) / 1e6
  return ms <= Number.MAX_SAFE_INTEGER ? ms : null
}

/** The shortest exact way to write `ms`, e.g. `10s`, `90s`, `1500ms`, `30d`. `parseDuration` reads it. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s'
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    if (ms % UNITS[unit] === 0) return `${ms / UNITS[unit]}${unit}`
  }
  return `${ms}ms`
}

/**
 * A point in time as epoch ms: an ISO date (`2026-11-23`, `2026-11-23T12:00:00Z`), epoch ms, or a
 * duration before `now` (`15m`). Null for anything else.
 */
export function parseInstant(text: string, now: number): number | null {
  const trimmed = text.trim()
  if (/^\d{12,15}$/.test(trimmed)) return Number(trimmed)
  if (/^\d{16,}$/.test(trimmed)) return null
  const ago = parseDuration(trimmed)
  if (ago !== null) return now - ago
  if (!/^\d{4}-\d{2}-\d{2}/.test(trimmed)) return null
  const at = Date.parse(trimmed)
  return Number.isNaN(at) ? null : at
}
