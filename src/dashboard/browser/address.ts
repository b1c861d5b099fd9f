import { useCallback, useEffect, useState } from 'preact/hooks'

/** What to change in the address's query; null takes a name out of it. */
export type Change = Readonly<Record<string, string | null>>

export interface Address {
  query: URLSearchParams
  /** Where a change would lead: for links, which can then be opened elsewhere, too. */
  href(change: Change): string
  /** Goes there; the back button leads back, unless it is to `replace` where we are. */
  go(change: Change, how?: 'push' | 'replace'): void
}

/** The query of this page's address: what is chosen stands there, so that it can be shared and gone back to. */
export function useAddress(): Address {
  const [search, setSearch] = useState(location.search)
  useEffect(() => {
    const moved = () => setSearch(location.search)
    window.addEventListener('popstate', moved)
    return () => window.removeEventListener('popstate', moved)
  }, [])
  const go = useCallback((change: Change, how: 'push' | 'replace' = 'push') => {
    const target = address(change)
    if (how === 'push') history.pushState({ within: true }, '', target)
    else history.replaceState(history.state, '', target)
    setSearch(location.search)
  }, [])
  return { query: new URLSearchParams(search), href: address, go }
}

/** Did we come to where we are from another address of this page? Then going back stays on it. */
export function cameFromWithin(): boolean {
  return (history.state as { within?: boolean } | null)?.within === true
}

/** Makes a link of this page change the address only; how it is opened elsewhere stays the browser's. */
export function within(event: MouseEvent, go: () => void): void {
  if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
  event.preventDefault()
  go()
}

function address(change: Change): string {
  const query = new URLSearchParams(location.search)
  for (const [name, value] of Object.entries(change)) {
    if (value === null || value === '') query.delete(name)
    else query.set(name, value)
  }
  // Names of schedules are easier to read with their slash, and verdicts with their commas.
  const text = query.toString().replaceAll('%2F', '/').replaceAll('%2C', ',')
  return text === '' ? location.pathname : `${location.pathname}?${text}`
}
