import { spawn } from 'node:child_process'
import { once } from 'node:events'

/**
 * Runs redis-server (or valkey-server) as a child that cannot outlive us: a shell between the two
 * waits for the end of its standard input, which comes when we stop it and also when we crash
 * (even by SIGKILL), and then ends the server. The group is our child's own, so that a Ctrl-C in
 * the terminal reaches only us and the server goes on until it is stopped in order.
 */
const LEASH = `
PATH="$PATH:/usr/local/bin:/usr/sbin:/usr/local/sbin:/opt/homebrew/bin:/opt/local/bin"
server=$(command -v redis-server || command -v valkey-server) || exit 127
exec 3<&0
"$server" "$@" </dev/null >&2 3<&- &
s=$!
echo "$s"
{ read -r _ <&3; kill -TERM "$s"; sleep 5; kill -KILL "$s"; } >/dev/null 2>&1 &
exec >&- 3<&- </dev/null
wait "$s"
c=$?
trap '' TERM
kill -TERM 0
exit "$c"`

/** The exit code of the shell when it found no server to run. */
export const NO_SERVER = 127

export interface RedisProcess {
  /** The server's own process id, null when there is no server to run. */
  pid: number | null
  /** Resolves with the exit code when the server has ended, null when a signal ended it. */
  exited: Promise<number | null>
  /** What the server wrote to its standard output and error so far, at most 4,000 characters. */
  output(): string
  /** Ends the server in order (SIGTERM, after 5 s SIGKILL) and returns when it has ended. */
  stop(): Promise<void>
}

/** Starts a server with these command line arguments. It may not answer yet. */
export async function startRedisProcess(args: readonly string[]): Promise<RedisProcess> {
  const child = spawn('/bin/sh', ['-c', LEASH, 'redis', ...args], {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let output = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-4000)
  })
  child.stdin.on('error', () => {})
  const exited = new Promise<number | null>(resolve => {
    child.once('exit', code => resolve(code))
    child.once('error', error => {
      output += error.message
      resolve(null)
    })
  })
  const pid = await Promise.race([
    once(child.stdout.setEncoding('utf8'), 'data').then(([line]) => Number(line.trim())),
    exited.then(() => null),
  ])
  return {
    pid,
    exited,
    output: () => output,
    async stop() {
      child.stdin.end()
      await exited
    },
  }
}
