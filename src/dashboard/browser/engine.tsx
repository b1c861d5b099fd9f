import './base.css'
import { show } from './frame.tsx'

show('engine', () => <p>…</p>)
