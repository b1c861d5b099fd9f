import './base.css'
import { show } from './frame.tsx'

show('overview', () => <p>…</p>)
