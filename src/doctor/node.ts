import { readFileSync } from 'node:fs'
import { about, type Finding } from './finding.ts'

const { ok, failure } = about('node')

/** What package.json asks for, e.g. `>=20.19`. */
const REQUIRED: string = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
).engines.node

/** Is this Node.js (`20.19.1`) new enough? `required` is a least version: `>=20.19`. */
export function node(version = process.versions.node, required = REQUIRED): Finding {
  const [least, has] = [numbers(required), numbers(version)]
  const at = least.findIndex((number, index) => number !== (has[index] ?? 0))
  const old = at >= 0 && (has[at] ?? 0) < (least[at] ?? 0)
  if (!old) return ok(`Node.js ${version}`)
  const advice = `install a newer one (Node.js ${required}), e.g. from nodejs.org`
  return failure(`Node.js ${version}, expected ${required}`, advice)
}

function numbers(version: string): number[] {
  return (version.match(/\d+/g) ?? []).map(Number)
}
