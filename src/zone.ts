/** What local time is at `at`, epoch ms, here or in the browser: `UTC`, `UTC+1`, `UTC-3:30`. */
export function zone(at: number): string {
  const offset = -new Date(at).getTimezoneOffset()
  if (offset === 0) return 'UTC'
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60]
  return `UTC${offset < 0 ? '-' : '+'}${hours}${minutes === 0 ? '' : `:${String(minutes).padStart(2, '0')}`}`
}
