import './base.css'
import { show } from './frame.tsx'

show('actions', () => <p>…</p>)
