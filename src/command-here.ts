import { existsSync, realpathSync } from 'node:fs'
import { delimiter, dirname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const NAME = 'hft-scheduler'
/** Of this package. */
const ROOT = fileURLToPath(new URL('..', import.meta.url))
/** npm puts such folders on the PATH of what it runs: they are not there for the reader. */
const BINARIES = join('node_modules', '.bin')

/**
 * What the reader types before a command of ours in that folder: the name where it leads here, npx
 * where that finds it, in a clone say, and otherwise the file.
 */
export function commandHere(folder: string, path = ''): string {
  const places = path.split(delimiter).filter(place => !place.endsWith(BINARIES))
  if (leadsHere(places.map(place => join(place, NAME)).find(existsSync))) return NAME
  if (`${folder}${sep}`.startsWith(ROOT)) return `npx ${NAME}`
  for (let above = folder; ; above = dirname(above)) {
    if (leadsHere(join(above, BINARIES, NAME))) return `npx ${NAME}`
    if (above === dirname(above)) return `node ${join(ROOT, 'bin', `${NAME}.cjs`)}`
  }
}

function leadsHere(file: string | undefined): boolean {
  try {
    return file !== undefined && realpathSync(file).startsWith(ROOT)
  } catch {
    return false
  }
}
