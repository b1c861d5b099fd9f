import { useState } from 'preact/hooks'

const THEMES = ['auto', 'light', 'dark'] as const
type Theme = (typeof THEMES)[number]

const NAME = 'hft-scheduler-theme'
const SIGNS: Record<Theme, string> = { auto: '◐', light: '☀', dark: '☾' }
const WORDS: Record<Theme, string> = { auto: 'as the system', light: 'light', dark: 'dark' }

apply(remembered())

/** Colours as the system has them, light, or dark; remembered by this browser. */
export function ThemeSwitch() {
  const [theme, setTheme] = useState(remembered)
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'auto'
  const change = () => {
    setTheme(next)
    apply(next)
    try {
      localStorage.setItem(NAME, next)
    } catch {
      // Where nothing may be remembered, it holds for this page.
    }
  }
  const label = `Colours: ${WORDS[theme]}; change to ${WORDS[next]}`
  return (
    <button type="button" class="theme" aria-label={label} title={label} onClick={change}>
      <span aria-hidden="true">{SIGNS[theme]}</span>
    </button>
  )
}

function remembered(): Theme {
  try {
    const stored = localStorage.getItem(NAME)
    return THEMES.find(theme => theme === stored) ?? 'auto'
  } catch {
    return 'auto'
  }
}

function apply(theme: Theme): void {
  const { dataset } = document.documentElement
  if (theme === 'auto') delete dataset.theme
  else dataset.theme = theme
}
