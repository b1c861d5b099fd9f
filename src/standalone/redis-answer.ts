import { connect } from 'node:net'

/**
 * Sends inline commands to a Redis on this machine and resolves with its raw answers. Rejects when
 * nothing listens there or when it has not answered within `timeout` ms.
 *
 * The standalone mode asks a server three questions in its life (are you there, who are you, end),
 * which needs no client library.
 */
export function askRedis(port: number, commands: string[], timeout = 1000): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect({ host: '127.0.0.1', port })
    socket.setTimeout(timeout, () => socket.destroy(timedOut(port)))
    socket.setEncoding('utf8')
    socket.on('data', text => {
      answer += text
    })
    socket.once('error', reject)
    socket.once('close', () => resolve(answer))
    socket.write([...commands, 'QUIT', ''].join('\r\n'))
  })
}

function timedOut(port: number): Error {
  return Object.assign(new Error(`Redis on port ${port} does not answer`), { code: 'ETIMEDOUT' })
}

/** Who listens there: its process id and data folder, null when it does not say. */
export async function identifyRedis(port: number): Promise<{ pid: number; dir: string } | null> {
  const answer = await askRedis(port, ['INFO server', 'CONFIG GET dir'])
  const pid = /^process_id:(\d+)/m.exec(answer)?.[1]
  const dir = /\r\ndir\r\n\$\d+\r\n([^\r\n]*)/.exec(answer)?.[1]
  return pid && dir ? { pid: Number(pid), dir } : null
}
