import { type AddressInfo, connect, createServer } from 'node:net'

/** Stands between a client and Redis, and counts commands and the bytes of the answers. */
export async function startCountingProxy(port: number) {
  let commands = 0
  let bytes = 0
  const server = createServer(client => {
    const redis = connect(port, '127.0.0.1')
    let rest = ''
    client.on('data', data => {
      // Each command is an array of strings; what a piece cuts in two is counted with the next one.
      const text = rest + data.toString('latin1')
      const found = [...text.matchAll(/\*\d+\r\n\$/g)]
      commands += found.length
      const last = found.at(-1)
      rest = text.slice(Math.max((last?.index ?? -1) + (last?.[0].length ?? 1), text.length - 16))
      redis.write(data)
    })
    redis.on('data', data => {
      bytes += data.length
      client.write(data)
    })
    const end = () => {
      client.destroy()
      redis.destroy()
    }
    for (const socket of [client, redis]) socket.on('error', end).on('close', end)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    /** Since it was asked last. */
    counted() {
      const counted = { commands, bytes }
      commands = 0
      bytes = 0
      return counted
    },
    close: () => new Promise<void>(resolve => server.close(() => resolve())),
  }
}
