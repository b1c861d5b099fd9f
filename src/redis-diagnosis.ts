import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

/** What is wrong, and what to do about it. */
export interface Diagnosis {
  problem: string
  advice: string
}

/** How long somebody at that port has to speak, ms. */
const PATIENCE = 1000
/** Redis answers it, HTTP refuses it, and TLS does not understand it. */
const QUESTION = 'PING\r\n\r\n'

/** What Redis says for itself, and what the system says of an address, needs no second look. */
const CLEAR =
  /^[A-Z]+ |ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|certificate|CERT|self.signed|loading/

/**
 * Asks who listens where a connection to Redis failed without a clear reason: TLS on one side alone
 * shows as a time-out or a reset, and other servers as nonsense. Null where that explains nothing.
 */
export async function diagnose(url: string, error: Error): Promise<Diagnosis | null> {
  const { code = '' } = error as NodeJS.ErrnoException
  if (CLEAR.test(error.message) || CLEAR.test(code)) return null
  const { protocol, hostname, port } = new URL(url)
  const address = { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port || 6379) }
  const plain = await answer(connect(address), 'connect')
  if (WEB.test(plain)) return HTTP
  const secure = protocol === 'rediss:'
  if (/^[+-]/.test(plain)) return secure ? NO_TLS : null
  // Who speaks TLS answers what is none with an alert.
  if (plain !== '' && !plain.startsWith('\x15')) return STRANGER
  if (secure) return null
  const tls = connectTls({ ...address, rejectUnauthorized: false })
  let encrypted = false
  tls.once('secureConnect', () => {
    encrypted = true
  })
  const said = await answer(tls, 'secureConnect')
  if (WEB.test(said)) return HTTP
  return encrypted ? TLS : null
}

/** Python's own, which Flask's engine may run on, answers such a question with the page alone. */
const WEB = /^HTTP\/|^\s*<(!doctype|html|\?xml)/i

const HTTP: Diagnosis = {
  problem: 'a web server answers there (HTTP), not Redis',
  advice: 'compare host and port in REDIS_URL with those of Redis',
}
const STRANGER: Diagnosis = {
  problem: 'what answers there does not speak the protocol of Redis',
  advice: HTTP.advice,
}
const TLS: Diagnosis = {
  problem: 'it speaks TLS, and REDIS_URL says redis://',
  advice: 'write rediss:// in REDIS_URL, and name a private CA with REDIS_CA_FILE',
}
const NO_TLS: Diagnosis = {
  problem: 'it speaks no TLS, and REDIS_URL says rediss://',
  advice: 'write redis:// in REDIS_URL, or the port on which it speaks TLS',
}

/** What somebody says to the question first; empty where that is nothing. */
function answer(socket: Socket, ready: 'connect' | 'secureConnect'): Promise<string> {
  return new Promise(resolve => {
    const end = (said: string) => {
      clearTimeout(timer)
      socket.destroy()
      resolve(said)
    }
    const timer = setTimeout(() => end(''), PATIENCE)
    socket.once(ready, () => socket.write(QUESTION))
    socket.once('data', said => end(said.toString('latin1')))
    socket.once('error', () => end(''))
    socket.once('close', () => end(''))
  })
}
