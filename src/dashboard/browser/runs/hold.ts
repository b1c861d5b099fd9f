import { useEffect, useMemo, useRef, useState } from 'preact/hooks'

/** Lines scrolled away before rows are held back, px. */
const SCROLLED = 160

export interface Hold {
  /** Somebody reads or points at rows, which should not move now. */
  holding: boolean
  /** For the element with the rows. */
  pointed(on: boolean): void
  /** Let them move all the same. */
  release(): void
}

/** Are the rows being read further down, or is a mouse on them? */
export function useHold(): Hold {
  const [scrolled, setScrolled] = useState(false)
  const [pointing, setPointing] = useState(false)
  useEffect(() => {
    const look = () => setScrolled(window.scrollY > SCROLLED)
    look()
    window.addEventListener('scroll', look, { passive: true })
    return () => window.removeEventListener('scroll', look)
  }, [])
  const pointed = useRef(setPointing).current
  return useMemo(
    () => ({
      holding: scrolled || pointing,
      pointed,
      release: () => setPointing(false),
    }),
    [scrolled, pointing, pointed],
  )
}
