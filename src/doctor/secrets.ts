import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { MASK } from '../setting-kinds.ts'
import { about, type Finding, orFine } from './finding.ts'
import type { Subject } from './subject.ts'

const { ok, warning, failure } = about('secrets')

/** Can other users of this machine, or readers of a git repository, read the passwords? */
export async function secrets(subject: Subject): Promise<Finding[]> {
  const paths = [...new Set(filesWithSecrets(subject))]
  const found = await Promise.all(
    paths.map(async path => [...(await readable(path)), ...(await inGit(path))]),
  )
  const fine = paths.length === 0 ? 'none in files' : `only its owner reads ${paths.join(', ')}`
  return orFine(found.flat(), ok(fine))
}

function filesWithSecrets({ settings, envFile }: Subject): string[] {
  return settings
    .filter(({ display }) => display.includes(MASK))
    .flatMap(({ source }) => {
      if (source.startsWith('.env ') || source.startsWith(`${envFile} `)) return [envFile]
      const path = /^file (.*) \(.+ \S+\)$/.exec(source)?.[1]
      return path === undefined ? [] : [path]
    })
}

async function readable(path: string): Promise<Finding[]> {
  const mode = await stat(path).then(
    ({ mode }) => mode & 0o777,
    () => 0,
  )
  if (process.platform === 'win32' || (mode & 0o077) === 0) return []
  const found = `others on this machine can read ${path} (mode ${mode.toString(8)})`
  // Container systems mount secrets like this, and whoever is in the container is its owner.
  if (path.startsWith('/run/secrets/')) return []
  return [warning(found, `chmod 600 ${path}`)]
}

/** Silent where there is no git, or no repository. */
async function inGit(path: string): Promise<Finding[]> {
  const [dir, name] = [dirname(resolve(path)), basename(path)]
  const git = (...args: string[]) => succeeds('git', ['-C', dir, ...args, '--', name])
  if (await git('ls-files', '--error-unmatch')) {
    const advice = `git rm --cached ${path}, add it to .gitignore, and change the passwords: history keeps them`
    return [failure(`git keeps ${path}: everybody who has the repository has it`, advice)]
  }
  if ((await git('check-ignore', '-q')) || !(await git('ls-files'))) return []
  return [warning(`git does not ignore ${path}: it is one "git add" away`, 'add it to .gitignore')]
}

function succeeds(program: string, args: string[]): Promise<boolean> {
  return new Promise(done => {
    execFile(program, args, { timeout: 2000 }, error => done(error === null))
  })
}
