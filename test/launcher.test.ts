import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { transform } from 'esbuild'
import { expect, onTestFinished, test } from 'vitest'
import { Clone, NPM_CI, TSC } from './fixtures/clone.ts'

const ROOT = join(import.meta.dirname, '..')
const LAUNCHER = join(ROOT, 'bin/hft-scheduler.cjs')
const run = promisify(execFile)

interface Ended {
  code: number
  stdout: string
  stderr: string
}

/** Runs Node with these arguments to its end. */
async function ended(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  try {
    return { code: 0, ...(await run(process.execPath, args, { env })) }
  } catch (error) {
    return error as Ended
  }
}

/** A clone that was never set up, with our launcher; what it builds says which arguments it got. */
async function freshClone() {
  const clone = await Clone.make()
  onTestFinished(() => clone.remove())
  await cp(join(ROOT, 'bin'), join(clone.root, 'bin'), { recursive: true })
  // In single quotes, as a part of the pretended npm.
  const program = 'console.log(...process.argv.slice(2))'
  await clone.provide(
    'npm',
    clone.npm().replace('echo >"$out/cli.js"', `echo "${program}" >"$out/cli.js"`),
  )
  const env = { PATH: clone.bin, TMPDIR: clone.dir }
  const launcher = join(clone.root, 'bin/hft-scheduler.cjs')
  return { clone, launch: (...args: string[]) => ended([launcher, ...args], env) }
}

test('sets a fresh clone up, once, and then does what was typed', async () => {
  const { clone, launch } = await freshClone()
  const first = await launch('runs', '--json')
  // What is printed on the way is not the command's output.
  expect(first).toMatchObject({ code: 0, stdout: 'runs --json\n' })
  expect(first.stderr).toBe('Installing packages (npm ci) …\nBuilding …\n')
  expect(await launch('status')).toEqual({ code: 0, stdout: 'status\n', stderr: '' })
  expect((await clone.setup(['run'])).calls).toEqual([NPM_CI, TSC])
})

test('says what to do where the set-up fails', async () => {
  const { clone, launch } = await freshClone()
  await clone.provide('npm', 'echo no network >&2; exit 7')
  const { code, stdout, stderr } = await launch('status')
  expect([code, stdout]).toEqual([7, ''])
  expect(stderr).toMatch(
    /no network\nnpm ci failed: exit code 7\nhft-scheduler: .* is not set up: /,
  )
})

test('says of a package that it is not whole', async () => {
  const { clone, launch } = await freshClone()
  await rm(join(clone.root, 'scripts'), { recursive: true })
  const { code, stderr } = await launch('status')
  expect(code).toBe(1)
  expect(stderr).toMatch(/^hft-scheduler: this copy is not whole: .*cli\.js is missing; install it/)
})

test('says in one line that Node.js is too old', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'hft-launcher-'))
  onTestFinished(() => rm(dir, { recursive: true }))
  const old = join(dir, 'old.cjs')
  for (const version of ['0.10.48', '18.20.8', '20.18.3']) {
    const versions = `{ value: { ...process.versions, node: '${version}' } }`
    await writeFile(old, `Object.defineProperty(process, 'versions', ${versions})`)
    expect(await ended(['--require', old, LAUNCHER, 'status'])).toMatchObject({
      code: 2,
      stderr: `hft-scheduler: Node.js 20.19 or newer is needed, this is ${version}: https://nodejs.org\n`,
    })
  }
})

test('can be read by the oldest Node.js', async () => {
  const text = await readFile(LAUNCHER, 'utf8')
  const as = async (target: string) => (await transform(text, { target })).code
  expect(await as('es5')).toBe(await as('esnext'))
  expect(text).not.toContain('node:')
})

test('opens no debugger at SIGUSR1, not at the very beginning either', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'hft-launcher-'))
  onTestFinished(() => rm(dir, { recursive: true }))
  await cp(join(ROOT, 'bin'), join(dir, 'bin'), { recursive: true })
  await cp(join(ROOT, 'package.json'), join(dir, 'package.json'))
  await mkdir(join(dir, 'dist'))
  await writeFile(join(dir, 'dist/cli.js'), "console.log('begun'); setTimeout(() => {}, 600_000)")
  const child = spawn(process.execPath, [join(dir, 'bin/hft-scheduler.cjs')], { stdio: 'pipe' })
  onTestFinished(() => void child.kill('SIGKILL'))
  let said = ''
  child.stderr.on('data', text => {
    said += text
  })
  await once(child.stdout, 'data')
  child.kill('SIGUSR1')
  child.kill('SIGTERM')
  await once(child, 'close')
  expect(said).toBe('')
})

// npx keeps the link that it makes in its cache, so it must never lead to what is not there yet.
test('is what npx links to in a clone that was never built', async () => {
  const { clone } = await freshClone()
  const { bin, name } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'))
  const manifest = { name, version: '0.0.0', type: 'module', bin, engines: { node: '>=20.19' } }
  await clone.write('package.json', JSON.stringify(manifest))
  const env = { PATH: `${dirname(process.execPath)}:${process.env.PATH}`, HOME: clone.dir }
  const typed = () => run('npx', ['--offline', name, 'status'], { cwd: clone.root, env })
  await rm(join(clone.root, 'scripts'), { recursive: true })
  await expect(typed()).rejects.toThrow('this copy is not whole')
  await mkdir(join(clone.root, 'dist'))
  await clone.write('dist/cli.js', "console.log('built', process.argv[2])")
  expect((await typed()).stdout).toBe('built status\n')
})
