import type { ComponentChildren } from 'preact'
import type { OverviewView } from '../../views.ts'
import { printable } from '../text.ts'

/** Redis as it says of itself, and what is wrong about it. */
export function RedisCard({ view: { redis, prefix } }: { view: OverviewView }) {
  const { address, version, memoryBytes, aof, policy, hz } = redis
  const evicts = policy !== null && policy !== 'noeviction'
  return (
    <section class="card" aria-labelledby="redis">
      <h2 id="redis">Redis</h2>
      <dl class="facts">
        <Fact name="Address">{printable(address)}</Fact>
        <Fact name="Version">{printable(version ?? '–')}</Fact>
        <Fact name="Memory">
          {memoryBytes === null ? '–' : `${(memoryBytes / 2 ** 20).toFixed(1)} MiB`}
        </Fact>
        <Fact
          name="Append-only file"
          wrong={aof === false ? 'a crash of Redis loses the newest verdicts' : null}
        >
          {aof === null ? '–' : aof ? 'on' : 'off'}
        </Fact>
        <Fact
          name="Eviction"
          wrong={evicts ? 'may lose leases and verdicts: set noeviction' : null}
        >
          {printable(policy ?? '–')}
        </Fact>
        <Fact name="Clock (hz)">{hz ?? '–'}</Fact>
        <Fact name="Prefix">{printable(prefix)}</Fact>
      </dl>
    </section>
  )
}

function Fact(of: { name: string; wrong?: string | null; children: ComponentChildren }) {
  return (
    <div>
      <dt>{of.name}</dt>
      <dd>
        {of.children}
        {of.wrong ? <span class="warn">! {of.wrong}</span> : null}
      </dd>
    </div>
  )
}
