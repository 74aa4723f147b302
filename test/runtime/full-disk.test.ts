import { mkdir, mkdtemp, readFile, rm, rmdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { memoryDisk } from '../../src/journal/memory-disk-fixture.js'
import { reading, rig, running, start } from './rig.js'

const dataDir = await mkdtemp(join(tmpdir(), 'millrace-full-'))
afterAll(() => rm(dataDir, { recursive: true, force: true }))

test('while dead letters cannot be stored the source waits, says why, and goes on by itself', async () => {
  const path = join(dataDir, 'dead-letters.ndjson')
  // A folder where the file should be refuses every write, for root as well.
  await mkdir(path)
  const one = rig()
  const { time, jobs, host, counts } = await running([one], { dataDir })
  one.source.send('not json')
  while (host.jobs()[0]!.attention.length === 0) await time.settle()
  expect(host.jobs()[0]!).toMatchObject({
    state: 'waiting',
    attention: [expect.stringContaining('Dead letters cannot be stored, so the sources wait')],
  })
  expect(host.readiness()).toMatchObject({ ready: false, reasons: [expect.stringContaining('climate cannot store dead letters')] })
  // One chunk may have been asked for already; the next one is not.
  one.source.send(reading(start))
  await time.settle()
  one.source.send(reading(start + 1))
  await time.settle()
  expect(counts().counted).toBe(0)
  await rmdir(path)
  while (counts().counted < 2) await time.advance(1_000)
  while (one.source.settled.at(-1) !== 3) await time.advance(10)
  expect(host.jobs()[0]!).toMatchObject({ state: 'running', attention: [] })
  expect((await readFile(path, 'utf8')).trimEnd().split('\n')).toHaveLength(1)
  await jobs.stop()
})

test('while the journal cannot be written readiness, attention, graph and log say so, once; and when it can again', async () => {
  const disk = memoryDisk()
  const one = rig()
  const state = { dataDir: 'data', disk, lock: async () => ({ release: async () => {} }) }
  const { time, jobs, host, log } = await running([one], state)
  disk.onWrite = () => {
    throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' })
  }
  one.source.send(reading(start))
  while (host.jobs()[0]!.journal!.unsynced === 0 || host.readiness().ready) await time.advance(10)
  await time.advance(5_000)
  expect(host.jobs()[0]!).toMatchObject({
    state: 'waiting',
    attention: ['The journal cannot be written, so nothing is accepted and the sources wait: ENOSPC: no space left'],
  })
  expect(host.graph('climate')!.culprit).toEqual({ node: 'readings', sentence: 'The sources wait for the journal: ENOSPC: no space left' })
  const told = (): readonly string[] => log.lines.flatMap(({ message }) => (message.includes('the journal') ? [message] : []))
  const full = 'the journal cannot be written: nothing is accepted and the sources wait until it can: ENOSPC: no space left'
  expect(told()).toEqual([full])
  disk.onWrite = (_path, bytes) => bytes
  while (host.jobs()[0]!.state !== 'running') await time.advance(100)
  await time.advance(1_000)
  expect(told()).toEqual([full, 'the journal is written again'])
  expect(host.graph('climate')!.culprit).toBeUndefined()
  expect(one.source.settled).toEqual([1])
  await jobs.stop()
})
