import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ask } from '../fixtures/ask.ts'
import { startDashboard } from '../fixtures/dashboard.ts'

const FOLDER = join(import.meta.dirname, '../../dist/dashboard/assets')
const TYPES: Record<string, string> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
}

it('serves all that the build has made, by its type', async t => {
  const { url } = await startDashboard(t)
  const names = readdirSync(FOLDER)
  expect(names).toEqual(expect.arrayContaining(['overview.js', 'overview.css', 'icon.svg']))
  for (const name of names) {
    const { status, headers, text } = await ask(`${url}assets/${name}`)
    expect([name, status]).toEqual([name, 200])
    expect(headers['content-type']).toBe(TYPES[name.split('.').at(-1) ?? ''])
    expect(Number(headers['content-length'])).toBe(Buffer.byteLength(text))
  }
})

it('sends nothing again that a browser has', async t => {
  const { url } = await startDashboard(t)
  const asset = `${url}assets/overview.js`
  const { headers } = await ask(asset)
  const again = (etag: unknown) => ask(asset, { headers: { 'if-none-match': String(etag) } })
  expect(await again(headers.etag)).toMatchObject({ status: 304, text: '' })
  expect((await again(`W/${headers.etag}`)).status).toBe(304)
  expect((await again(`"other", ${headers.etag}`)).status).toBe(304)
  expect((await again('"other"')).status).toBe(200)
})

it('serves nothing else', async t => {
  const { url } = await startDashboard(t)
  const { origin } = new URL(url)
  for (const path of [
    '',
    'none.js',
    '../cli.js',
    '..%2fcli.js',
    '..%2f..%2fcli.js',
    'constructor',
  ]) {
    expect([path, (await ask(`${origin}/assets/${path}`)).status]).toEqual([path, 404])
  }
})
