import { isUtf8 } from 'node:buffer'
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'

/** A file that is no text of ours; the message goes after its name: `is a folder`. */
export class UnfitFile extends Error {
  override name = 'UnfitFile'
  readonly isFolder: boolean

  constructor(message: string, isFolder = false) {
    super(message)
    this.isFolder = isFolder
  }
}

/** How long a pipe may take to give all it has, ms: `<(…)` of a shell is one. */
const PATIENCE = 5000
const PAUSE = 10
const CHUNK = 65_536
/** What pipes gave: they give it once, and a configuration can be read again. */
const drained = new Map<string, Buffer>()

/**
 * The text of a small file: UTF-8, without the mark that some editors put before it. Throws UnfitFile
 * for what would be read as something else than was meant, and the system's error where it cannot be
 * opened. Waits for nobody for long.
 */
export function readText(path: string, most: number): string {
  const bytes = read(path, most)
  if (isUtf16(bytes)) throw new UnfitFile('is UTF-16: save it as UTF-8')
  const broken = lineWhere(bytes, line => !isUtf8(line))
  if (broken !== null) throw new UnfitFile(`is not UTF-8 (line ${broken})`)
  const nul = lineWhere(bytes, line => line.includes(0))
  if (nul !== null) throw new UnfitFile(`holds a NUL character (line ${nul}): is it a text?`)
  return bytes.toString('utf8').replace(/^\uFEFF/, '')
}

function read(path: string, most: number): Buffer {
  const before = drained.get(path)
  if (before !== undefined) return before
  // A pipe that nobody writes to would not even open.
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    const stats = fstatSync(file)
    if (stats.isDirectory()) throw new UnfitFile('is a folder', true)
    const patience = stats.isFile() ? 0 : PATIENCE
    const bytes = drain(file, most, patience)
    if (bytes === null)
      throw new UnfitFile(`is a pipe that gives no text within ${patience / 1000} s`)
    if (bytes.length > most)
      throw new UnfitFile(`is larger than ${most.toLocaleString('en')} bytes`)
    if (!stats.isFile()) drained.set(path, bytes)
    return bytes
  } finally {
    closeSync(file)
  }
}

/** What there is, up to one byte more than `most`; null where it has no end in time. */
function drain(file: number, most: number, patience: number): Buffer | null {
  const deadline = performance.now() + patience
  const chunks: Buffer[] = []
  let length = 0
  while (length <= most) {
    const chunk = Buffer.alloc(Math.min(CHUNK, most + 1 - length))
    const got = attempt(file, chunk)
    // Before anybody has opened the other end of a pipe it looks as if it were at its end.
    const over = got === 0 && (patience === 0 || length > 0)
    if (over) break
    if (got > 0) {
      chunks.push(chunk.subarray(0, got))
      length += got
    } else if (performance.now() > deadline) return null
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE)
  }
  return Buffer.concat(chunks)
}

/** Bytes read, 0 at the end, -1 where there is nothing yet. */
function attempt(file: number, into: Buffer): number {
  try {
    return readSync(file, into)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return -1
    throw error
  }
}

/** By its mark, or by a first letter that takes two bytes. */
function isUtf16(bytes: Buffer): boolean {
  const [first, second] = bytes
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true
  return bytes.length >= 2 && (first === 0) !== (second === 0)
}

/** The number of the first line that is `odd`. */
function lineWhere(bytes: Buffer, odd: (line: Buffer) => boolean): number | null {
  if (!odd(bytes)) return null
  let number = 1
  for (let from = 0; from <= bytes.length; number++) {
    const end = bytes.indexOf(0x0a, from)
    const line = bytes.subarray(from, end === -1 ? bytes.length : end)
    if (odd(line)) return number
    from += line.length + 1
  }
  return number
}
