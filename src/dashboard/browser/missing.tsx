import './base.css'
import { show } from './frame.tsx'
import { link } from './place.ts'

show('missing', () => (
  <section class="missing">
    <h1>There is no such page</h1>
    <p>
      The address may be mistyped, or what it named is gone. See the <a href={link('')}>overview</a>{' '}
      or the <a href={link('runs')}>runs</a>.
    </p>
  </section>
))
