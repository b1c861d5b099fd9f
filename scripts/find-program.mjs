import { accessSync, constants } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'

const PLACES = ['/usr/local/bin', '/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin'].concat(
  '/opt/local/bin',
)

/** The path of a program of this machine; null when there is none of that name. */
export function find(program) {
  if (isAbsolute(program)) return executable(program) ? program : null
  const places = [...(process.env.PATH ?? '').split(delimiter), ...PLACES]
  const paths = places.filter(Boolean).map(place => join(place, program))
  return paths.find(executable) ?? null
}

function executable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
