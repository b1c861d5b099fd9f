import { Queue } from 'bullmq'
import { QUEUE } from '../../src/jobs.ts'
import type { Crew, Role } from './soak-crew.ts'
import type { Mode, SoakEngine } from './soak-engine.ts'
import { type Fault, type Kind, WORKERS } from './soak-plan.ts'
import { poll, type System, UPDATE } from './system.ts'

export interface Target {
  system: System
  crew: Crew
  engine: SoakEngine
}

/** Undoes a fault. */
type Heal = () => Promise<void> | void
type Inject = (target: Target, fault: Fault) => Promise<Heal> | Heal

const PREFIX = '{hft-scheduler}'
const CHAIN = `${PREFIX}:${QUEUE}:`
const WORKER_NUMBERS = Array.from({ length: WORKERS }, (_, index) => index)
const NOTHING: Heal = () => {}

/** The keys that ticks need; `pending` stands for the job of the tick that comes next. */
const VITAL = [
  ...[`repeat:${UPDATE}`, 'repeat', 'delayed', 'marker', 'meta', 'wait', 'pending'],
  ...['schedules', 'declaration', 'lease', 'events', 'processes'],
] as const

const INJECT: Record<Kind, Inject> = {
  'worker killed': killed('worker'),
  'worker told to end': toldToEnd('worker'),
  'worker stopped': stopped('worker'),
  'producer killed': killed('producer'),
  'producer told to end': toldToEnd('producer'),
  'producer stopped': stopped('producer'),
  'all workers down': allDown,
  async 'redis killed'({ system }) {
    await system.redisServer.kill9()
    return () => system.redisServer.restart()
  },
  'redis stopped'({ system }) {
    const { pid } = system.redisServer
    process.kill(pid, 'SIGSTOP')
    return () => void process.kill(pid, 'SIGCONT')
  },
  async 'redis out of memory'({ system }) {
    await system.redis.config('SET', 'maxmemory', '1')
    return async () => void (await system.redis.config('SET', 'maxmemory', '0'))
  },
  async 'key deleted'({ system }, { which }) {
    await system.redis.del(await keyOf(system, VITAL[which % VITAL.length] ?? 'repeat'))
    return NOTHING
  },
  'queue paused': queue(each => each.pause()),
  'queue obliterated': queue(each => each.obliterate({ force: true })),
  'queue drained': queue(each => each.drain(true)),
  async 'clients killed'({ system }) {
    await system.redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
    return NOTHING
  },
  async 'scripts flushed'({ system }) {
    await system.redis.script('FLUSH')
    return NOTHING
  },
  async 'everything flushed'({ system }) {
    await system.redis.flushall()
    return NOTHING
  },
  'engine hangs': misbehaves('hang'),
  'engine resets': misbehaves('reset'),
  'engine answers 503': misbehaves('503'),
  'engine answers 429': misbehaves('429'),
  'engine answers 500': misbehaves('500'),
  'engine drips': misbehaves('drip'),
  'engine cuts off': misbehaves('cut-off'),
  'engine answers no JSON': misbehaves('no JSON'),
  'engine stopped'({ engine }) {
    engine.turn(false)
    return () => engine.turn(true)
  },
  async 'engine gone'({ engine }, { which }) {
    await engine.close()
    return () => engine.reopen(which === 1)
  },
  'new secret'({ engine }) {
    engine.newSecret()
    return NOTHING
  },
}

/** Does it; resolves to what undoes it. */
export async function inject(target: Target, fault: Fault): Promise<Heal> {
  return await INJECT[fault.kind](target, fault)
}

/** What exactly is done, for people. */
export function describe({ kind, which, lasts }: Fault): string {
  const detail = kind === 'key deleted' ? ` ${VITAL[which % VITAL.length]}` : ` ${which}`
  return `${kind}${detail}${lasts > 0 ? ` for ${lasts} ms` : ''}`
}

function killed(role: Role): Inject {
  return ({ crew }, { which }) => {
    crew.kill(role, which)
    return () => crew.start(role, which)
  }
}

function toldToEnd(role: Role): Inject {
  return ({ crew }, { which }) => {
    crew.end(role, which)
    return () => crew.start(role, which)
  }
}

function stopped(role: Role): Inject {
  return ({ crew }, { which }) => {
    crew.stop(role, which)
    return () => crew.continue(role, which)
  }
}

function allDown({ crew }: Target, { which }: Fault): Heal {
  for (const worker of WORKER_NUMBERS) {
    if (worker === 0 || which === 0) crew.stop('worker', worker)
    else if (which === 1) crew.kill('worker', worker)
    else crew.end('worker', worker)
  }
  return () => {
    for (const worker of WORKER_NUMBERS) {
      if (worker === 0 || which === 0) crew.continue('worker', worker)
      else crew.start('worker', worker)
    }
  }
}

function queue(act: (queue: Queue) => Promise<unknown>): Inject {
  return async ({ system }) => {
    const outsider = new Queue(QUEUE, { connection: system.redis, prefix: PREFIX })
    await act(outsider)
    await outsider.close()
    return NOTHING
  }
}

function misbehaves(mode: Mode): Inject {
  return ({ engine }) => {
    engine.behave(mode)
    return () => engine.behave('well')
  }
}

async function keyOf({ redis, keys }: System, name: (typeof VITAL)[number]): Promise<string> {
  if (name === 'lease') {
    // It is there only around a call.
    const held = async () => (await redis.exists(keys.lease(UPDATE))) === 1
    await poll(held, 3000).catch(() => 0)
    return keys.lease(UPDATE)
  }
  if (name === 'schedules' || name === 'declaration' || name === 'processes') return keys[name]
  if (name !== 'pending') return CHAIN + name
  const [tick] = await redis.zrange(`${CHAIN}delayed`, '0', '0')
  return `${CHAIN}${tick ?? 'delayed'}`
}
