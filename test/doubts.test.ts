import { describe, expect, it } from 'vitest'
import { resolveConfig, type Sources } from '../src/config.ts'
import { file, resolve } from './fixtures/settings.ts'

describe('a secret', () => {
  it.each([
    ['white space', ' s3cret', 'the white space around it is'],
    ['quotation marks', '"s3cret"', 'the quotation marks around it are'],
    ['a space of no width', 's3cret\u200b', 'a character that cannot be seen is'],
    ['a space that is none', 's3\u00a0cret', 'a character that cannot be seen is'],
    ['both', ' s3cr\u00adet', 'the white space around it is', 'a character that cannot be seen is'],
  ])('may have come with something, which is said: %s', (_, value, ...said) => {
    const warnings = (name: string) => said.map(what => `${name}: ${what} part of the value`)
    const name = 'SCHEDULER_ENGINEAPI_PASSWORD'
    const ofVariable = { flags: {}, env: { [name]: value }, dotenv: {} }
    const ofFile = { ...ofVariable, env: { [`${name}_FILE`]: file('password', `${value}\n`) } }
    const warned = (sources: Sources) => resolveConfig(sources, { credentials: false }).warnings
    expect(warned(ofVariable)).toEqual(warnings(name))
    expect(warned(ofFile)).toEqual(warnings(`${name}_FILE`))
  })

  it('may have spaces in it, and other settings around them', () => {
    const env = { SCHEDULER_ENGINEAPI_PASSWORD: 's3 crét', SCHEDULER_INTERVAL: ' 5 ' }
    expect(resolve({ env }).warnings).toEqual([])
  })
})
