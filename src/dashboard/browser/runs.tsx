import './base.css'
import { show } from './frame.tsx'

show('runs', () => <p>…</p>)
