/** What an error of Redis, or on the way to it, means for somebody who runs this. */
interface Known {
  readonly matches: RegExp
  /** What is wrong; null where Redis itself says it well. */
  readonly means: string | null
  /** What to do about it. */
  readonly advice: string
}

/** Redis 7 and 6 say it in scripts without a code. */
const DENIAL = /^NOPERM|ACL failure in script|The user executing the script/

/** By how their messages begin, or by the code of the system's error. The first that matches counts. */
const KNOWN: readonly Known[] = [
  {
    matches: /^NOAUTH/,
    means: 'NOAUTH: it wants a password, REDIS_URL has none',
    advice: 'put it into REDIS_URL, or into REDIS_URL_FILE',
  },
  {
    matches: /^WRONGPASS/,
    means: 'WRONGPASS: it refuses the user name or the password in REDIS_URL',
    advice: 'compare them with what ACL LIST of Redis says',
  },
  {
    matches: DENIAL,
    means: null,
    advice:
      'give this user of Redis the rights in docs/operations.md; hft-scheduler doctor lists what it lacks',
  },
  {
    matches: /^LOADING/,
    means: 'LOADING: it is still loading its data',
    advice: 'wait until it has loaded them',
  },
  {
    matches: /^MISCONF/,
    means: 'MISCONF: it cannot save its data, and so refuses to write',
    advice: 'look at its log and at the room on its disk',
  },
  {
    matches: /^OOM/,
    means: 'OOM: its memory is used up (maxmemory), and so it refuses to write',
    advice: 'raise maxmemory, or keep less (--keep-runs, --keep-stats)',
  },
  {
    matches: /^READONLY/,
    means: 'READONLY: it is a replica, which nobody can write to',
    advice: 'point REDIS_URL at its master, or set REDIS_SENTINELS',
  },
  {
    matches: /^NOREPLICAS/,
    means: 'NOREPLICAS: it has fewer replicas than it wants, and so refuses to write',
    advice: 'start its replicas, or lower min-replicas-to-write',
  },
  {
    matches: /^MASTERDOWN/,
    means: 'MASTERDOWN: it is a replica that has lost its master',
    advice: 'point REDIS_URL at the master, or set REDIS_SENTINELS',
  },
  {
    matches: /^CLUSTERDOWN/,
    means: 'CLUSTERDOWN: it is a node of a Redis Cluster that does not serve',
    advice: 'mend the cluster (CLUSTER INFO), or take a Redis without cluster mode',
  },
  {
    matches: /^(MOVED|ASK) /,
    means: 'it is a node of a Redis Cluster that does not have the keys of this deployment',
    advice: 'point REDIS_URL at the node that it names, or take a Redis without cluster mode',
  },
  {
    matches: /^(BUSY|UNKILLABLE)\b/,
    means: 'BUSY: a script keeps it busy',
    advice: 'find out whose (its SLOWLOG), and end it with SCRIPT KILL',
  },
  {
    matches: /^ERR unknown (sub)?command/i,
    means: null,
    advice: 'it is too old, or no Redis: install Redis 6.2 or later, or Valkey',
  },
  {
    matches: /max(imum)? number of clients/i,
    means: 'it takes no more clients',
    advice: 'raise its maxclients, or end some',
  },
  {
    matches: /^DENIED/,
    means: 'DENIED: it is in protected mode, and lets in its own machine only',
    advice: 'give it a password (requirepass), and put that into REDIS_URL',
  },
  {
    matches: /^WRONGTYPE|^ERR \S+ in \S+ is no number/,
    means: null,
    advice: 'something else uses keys of this prefix: give it, or this, another --prefix',
  },
  {
    matches: /^Protocol error|^Parser?Error|^Unknown RESP type/i,
    means: 'what answers there does not speak the protocol of Redis',
    advice: 'compare host and port in REDIS_URL with those of Redis',
  },
  {
    matches: /^it has no database/,
    means: null,
    advice: 'name another in REDIS_URL, or raise databases in redis.conf',
  },
  {
    matches: /^its user may not choose database/,
    means: null,
    advice: 'allow +select (ACL SETUSER)',
  },
  {
    matches: /self.signed|unable to (verify|get)|UNABLE_TO_|SELF_SIGNED|issuer cert/i,
    means: 'its certificate is not signed by an authority that is known here',
    advice: 'name the CA with REDIS_CA_FILE (--redis-ca-file)',
  },
  {
    matches: /CERT_HAS_EXPIRED|certificate has expired/,
    means: 'its certificate has expired',
    advice: 'renew it',
  },
  {
    matches: /ALTNAME|does not match certificate/i,
    means: 'its certificate is for another host name',
    advice: 'write in REDIS_URL the name that it is for',
  },
  {
    matches: /certificate required|handshake failure/i,
    means: 'it wants a certificate of its clients',
    advice: 'set tls-auth-clients no in its configuration: client certificates are not supported',
  },
]

/** One sentence: what is wrong. Never a password: neither Redis nor the system says one. */
export function redisProblem(error: unknown): string {
  const known = knownOf(error)
  return known?.means ?? said(error)
}

/** What to do about it; null where nothing but the message helps. */
export function redisAdvice(error: unknown): string | null {
  return knownOf(error)?.advice ?? null
}

/** Both. */
export function redisSentence(error: unknown): string {
  const inner = innerOf(error)
  if (inner !== null) {
    const { message } = error as Error
    return message.slice(0, message.length - inner.message.length) + redisSentence(inner)
  }
  const advice = redisAdvice(error)
  return advice === null ? redisProblem(error) : `${redisProblem(error)}; ${advice}`
}

/** Has this user no right to it? */
export function isDenial(error: unknown): boolean {
  return DENIAL.test(said(innerOf(error) ?? error))
}

/** For the catch of what may be refused. */
export function unlessDenied(error: unknown): void {
  if (!isDenial(error)) throw error
}

/** Is it Redis that said so, or the connection to it? Then no stack trace helps. */
export function isOfRedis(error: unknown): boolean {
  const inner = innerOf(error)
  if (inner !== null) return isOfRedis(inner)
  if (!(error instanceof Error)) return false
  return (
    ['ReplyError', 'MaxRetriesPerRequestError', 'ParserError'].includes(error.name) ||
    DENIAL.test(error.message) ||
    /^EXECABORT|^Connection is closed|^Command timed out|Stream isn't writeable/.test(error.message)
  )
}

/** What Redis said, where we have put before it what it was about. */
function innerOf(error: unknown): Error | null {
  if (!(error instanceof Error) || !(error.cause instanceof Error)) return null
  return error.message.endsWith(error.cause.message) ? error.cause : null
}

function knownOf(error: unknown): Known | undefined {
  const text = said(error)
  const code = error instanceof Error ? String((error as NodeJS.ErrnoException).code ?? '') : ''
  return KNOWN.find(({ matches }) => matches.test(text) || matches.test(code))
}

/** A transaction that Redis refuses says in its first command why. Where in a script is no news. */
function said(error: unknown): string {
  if (!(error instanceof Error)) return said(new Error(String(error)))
  const { previousErrors } = error as { previousErrors?: unknown }
  const first: unknown = Array.isArray(previousErrors) ? previousErrors[0] : undefined
  if (first instanceof Error) return said(first)
  const text = error.message.replace(/ script: [0-9a-f]{40}, on @user_script:\d+\.?$/, '')
  return text || String((error as NodeJS.ErrnoException).code ?? error.name)
}
