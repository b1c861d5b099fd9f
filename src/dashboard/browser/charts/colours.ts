import { useEffect, useState } from 'preact/hooks'

const TONES = ['text', 'quiet', 'line', 'accent', 'good', 'bad', 'doubt', 'wait', 'off'] as const
export type Tone = (typeof TONES)[number]
export type Colours = Readonly<Record<Tone, string>>

/** The style sheet's colours as a canvas takes them; they change with the theme. */
export function useColours(): Colours {
  const [colours, setColours] = useState(readColours)
  useEffect(() => {
    const again = () => setColours(readColours())
    const system = matchMedia('(prefers-color-scheme: dark)')
    const theme = new MutationObserver(again)
    system.addEventListener('change', again)
    theme.observe(document.documentElement, { attributeFilter: ['data-theme'] })
    return () => {
      system.removeEventListener('change', again)
      theme.disconnect()
    }
  }, [])
  return colours
}

/** `rgb(1, 2, 3)` thinned out. */
export function faint(colour: string, alpha: number): string {
  return colour.replace(/^rgb\((.*)\)$/, `rgba($1, ${alpha})`)
}

/** A token may be `light-dark(…)`: only as somebody's colour is it worked out. */
function readColours(): Colours {
  const probe = document.createElement('span')
  document.body.append(probe)
  const entries = TONES.map(tone => {
    probe.style.color = `var(--${tone})`
    return [tone, getComputedStyle(probe).color]
  })
  probe.remove()
  return Object.fromEntries(entries)
}
