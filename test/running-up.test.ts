import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { runningUp } from '../src/running-up.ts'

let root: string
let below: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'hft-running-'))
  onTestFinished(() => rm(root, { recursive: true }))
  below = join(root, 'a/b')
  await mkdir(below, { recursive: true })
})

/** An `up` in that folder, of a process that runs unless another one is given. */
async function upIn(folder: string, port: number, pid = process.pid): Promise<void> {
  await mkdir(join(folder, '.hft-scheduler'))
  await writeFile(join(folder, '.hft-scheduler/up.json'), JSON.stringify({ pid, port }))
}

test('is found from its folder and from all below it', async () => {
  await upIn(root, 7001)
  const found = { folder: root, url: 'redis://127.0.0.1:7001' }
  for (const folder of [root, join(root, 'a'), below]) expect(runningUp(folder)).toEqual(found)
})

test('is the nearest one, and none where that one has ended', async () => {
  await upIn(root, 7001)
  await upIn(join(root, 'a'), 7002)
  expect(runningUp(below)?.url).toBe('redis://127.0.0.1:7002')
  await upIn(below, 7003, 2 ** 30)
  expect(runningUp(below)).toBeNull()
})

test('is not found above where it is somebody else’s', async () => {
  await upIn(root, 7001)
  onTestFinished(() => void vi.restoreAllMocks())
  const uid = process.getuid?.() ?? 0
  vi.spyOn(process as Required<NodeJS.Process>, 'getuid').mockReturnValue(uid + 1)
  expect(runningUp(below)).toBeNull()
  expect(runningUp(root)?.folder).toBe(root)
})
