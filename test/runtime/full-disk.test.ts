import { mkdir, mkdtemp, readdir, readFile, rm, rmdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { memoryDisk } from '../../src/journal/memory-disk-fixture.js'
import type { Disk } from '../../src/model/disk.js'
import { systemDisk } from '../../src/runtime/seams/system-disk.js'
import { virtualTime } from '../../src/runtime/seams/virtual-time.js'
import { startJobs } from '../../src/runtime/start-jobs.js'
import { memoryFolder } from '../support/memory-folder.js'
import { recordingLog } from '../support/recording-log.js'
import { until } from '../support/until.js'
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
  const state = memoryFolder(disk)
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

test('a start on a full disk waits, says why, opens no source, and goes on from where it was when there is space', async () => {
  const disk = memoryDisk()
  const state = memoryFolder(disk)
  const before = rig()
  const first = await running([before], state)
  before.source.send(reading(start), reading(start + 7_000))
  while (first.counts().counted < 2) await first.time.advance(100)
  await first.jobs.stop()

  const full = (): never => {
    throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' })
  }
  const one = rig()
  disk.onWrite = full
  // Whether this node was there is not known before the folder is open.
  const { time, jobs, host, log } = await running([one], { ...state, time: virtualTime(start + 20_000), drop: ['former'] })
  await time.advance(60_000)
  expect(one.source.opened).toBe(0)
  expect(host.jobs()[0]!).toMatchObject({
    state: 'starting',
    attention: [expect.stringMatching(/^climate failed and is started again: .*ENOSPC: no space left/)],
  })
  expect(host.readiness()).toMatchObject({ ready: false, reasons: [expect.stringMatching(/^climate is starting: .*no space left/)] })
  expect(log.lines.filter(({ level }) => level === 'error')).toMatchObject([{ fields: { code: 'MR445', job: 'climate' } }])

  disk.onWrite = (_path, bytes) => bytes
  const kept = () => host.kept!('climate', 'seen')!
  // There is space, and the folder is not open yet: what is to be kept beside the journal has no owner to say that it may.
  const early = kept().save(Uint8Array.of(1))
  await expect(early).rejects.toMatchObject({
    code: 'MR426',
    message: "the data folder of 'climate' is not open, so nothing can be kept in it yet",
  })
  while (one.source.opened === 0) await time.advance(100)
  await kept().save(Uint8Array.of(2))
  expect([...(await kept().load())!]).toEqual([2])
  await time.settle()
  expect(host.jobs()[0]!).toMatchObject({ state: 'running', attention: [], counts: { counted: 2 } })
  expect(host.readiness()).toEqual({ ready: true, reasons: [] })
  expect(host.views()[0]!.info().rows).toBe(1)
  await jobs.stop()
  expect(host.jobs()[0]!).toMatchObject({ state: 'stopped' })

  // One that is asked to end does not wait for space; and what is to end by itself fails.
  disk.onWrite = full
  const other = await running([rig()], { ...state, time: virtualTime(start + 90_000) })
  await other.jobs.stop()
  expect((await other.jobs.done)[0]).toMatchObject({ job: 'climate', error: { code: 'MR445' } })
  await expect(running([rig()], { ...state, drainOnly: true })).rejects.toMatchObject({ code: 'MR445' })
})

test('a start for whose snapshot there is no space recovers once, tries that alone again, ever more seldom, and says why', async () => {
  const disk = memoryDisk()
  const state = memoryFolder(disk)
  const before = rig()
  const first = await running([before], state)
  before.source.send(reading(start), reading(start + 7_000))
  while (first.counts().counted < 2) await first.time.advance(100)
  await first.jobs.stop()

  let tries = 0
  const noSpaceFor = (end: string): void => {
    disk.onWrite = (path, bytes) => {
      if (!path.endsWith(end)) return bytes
      tries++
      throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' })
    }
  }
  // The journal may have to take note of the new text: then that is what waits.
  for (const [n, end] of ['.snapshot.new', '.seg'].entries()) {
    const one = rig()
    const edited = { ...state, bundles: new Map([['climate', `// edited ${n}`]]), time: virtualTime(start + 20_000 * (n + 1)) }
    const segments = [...disk.files.keys()].filter(path => path.endsWith('.seg')).length
    tries = 0
    noSpaceFor(end)
    let begun = false
    const starting = running([one], edited).finally(() => {
      begun = true
    })
    while (!begun) await edited.time.advance(10)
    const { time, jobs, host, log } = await starting
    const epochs = (): readonly string[] => [...disk.files.keys()].filter(path => path.startsWith('data/epochs/'))
    const epoch = epochs()
    await time.advance(120_000)
    if (end === '.snapshot.new') expect([tries >= 8, tries <= 25]).toEqual([true, true])
    expect(epochs()).toEqual(epoch)
    expect([...disk.files.keys()].filter(path => path.endsWith('.seg')).length).toBeLessThanOrEqual(segments + 1)
    expect(one.source.opened).toBe(0)
    expect(host.jobs()[0]!).toMatchObject({ state: 'starting', attention: [expect.stringContaining('ENOSPC: no space left')] })
    expect(host.readiness()).toMatchObject({ ready: false, reasons: [expect.stringContaining('ENOSPC: no space left')] })
    expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(1)
    expect(log.lines.filter(({ message }) => message.startsWith('recovered from'))).toHaveLength(1)

    disk.onWrite = (_path, bytes) => bytes
    while (one.source.opened === 0) await time.advance(100)
    await time.settle()
    expect(host.jobs()[0]!).toMatchObject({ state: 'running', attention: [], counts: { counted: 2 } })
    expect(host.readiness()).toEqual({ ready: true, reasons: [] })
    expect(host.views()[0]!.info().rows).toBe(1)
    await jobs.stop()
  }

  // One that waits for space leaves its folder to others when it is told to.
  noSpaceFor('.snapshot.new')
  const last = await running([rig()], { ...state, bundles: new Map([['climate', '// edited again']]), time: virtualTime(start + 90_000) })
  await last.jobs.stop()
  expect((await last.jobs.done)[0]).toMatchObject({ job: 'climate', error: { code: 'MR422' } })
  expect(last.host.jobs()[0]!.state).toBe('failed')
})

test('a start for whose journal there is no space takes the folder over once and reads its journal once, however often it tries', async () => {
  const disk = memoryDisk()
  let reads = 0
  const counted: Disk = {
    ...disk,
    async open(path, how) {
      if (path.endsWith('.seg') && how === 'read') reads++
      return disk.open(path, how)
    },
  }
  const state = { ...memoryFolder(), disk: counted }
  const before = rig()
  const first = await running([before], state)
  before.source.send(reading(start), reading(start + 7_000))
  while (first.counts().counted < 2) await first.time.advance(100)
  await first.jobs.stop()

  let tries = 0
  disk.onWrite = (path, bytes) => {
    // An epoch is a name and no bytes: where not even a page is left, it can still be raised.
    if (!path.includes('.seg')) return bytes
    tries++
    throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' })
  }
  const one = rig()
  const { time, jobs, host } = await running([one], { ...state, time: virtualTime(start + 20_000) })
  await time.advance(1_000)
  const epochs = (): readonly string[] => [...disk.files.keys()].filter(path => path.startsWith('data/epochs/'))
  const [epoch, read] = [epochs(), reads]
  tries = 0
  await time.advance(120_000)
  expect(tries).toBeGreaterThan(2)
  // One look at its first segment each time: whose journal it is.
  expect([epochs(), reads - read]).toEqual([epoch, tries])
  expect(host.readiness()).toMatchObject({ ready: false, reasons: [expect.stringContaining('ENOSPC: no space left')] })

  disk.onWrite = (_path, bytes) => bytes
  while (one.source.opened === 0) await time.advance(100)
  expect(epochs()).toEqual(epoch)
  one.source.send(reading(start + 8_000))
  while (one.source.settled.length === 0) await time.advance(100)
  expect(host.jobs()[0]!).toMatchObject({ state: 'running', attention: [], counts: { counted: 3 } })
  await jobs.stop()
  // The epoch that was kept is the one that a later start goes above.
  const last = await running([rig()], { ...state, time: virtualTime(start + 300_000) })
  expect(last.host.jobs()[0]!.counts.counted).toBe(3)
  await last.jobs.stop()
})

test('--reset on a disk with next to no space puts the state aside once, however often the start is tried', async () => {
  const folder = join(dataDir, 'reset')
  await mkdir(folder)
  const before = rig()
  const first = await running([before], { dataDir: folder })
  before.source.send(reading(start), reading(start + 7_000))
  while (first.counts().counted < 2) await first.time.advance(100)
  await first.jobs.stop()

  let tries = 0
  let full = true
  const disk: Disk = {
    ...systemDisk,
    async create(path) {
      if (!full || !path.includes('identity')) return systemDisk.create(path)
      tries++
      throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' })
    },
  }
  const one = rig()
  const log = recordingLog()
  const time = virtualTime(start + 20_000)
  const jobs = await startJobs({ jobs: [one.job], log, env: {}, dataDir: folder, disk, time, reset: true })
  // Files are written in real time.
  await until('five attempts', () => time.advance(500).then(() => tries >= 5))
  const aside = async () => (await readdir(folder)).filter(name => name.startsWith('aside-'))
  const told = () => log.lines.filter(({ message }) => message.includes('was put aside'))
  const [former, ...more] = await aside()
  expect([more, told()]).toEqual([[], [expect.anything()]])
  expect(await readdir(join(folder, former!))).toEqual(expect.arrayContaining(['journal', 'snapshots', 'identity.json']))

  full = false
  while (one.source.opened === 0) await time.advance(100)
  await time.settle()
  expect(jobs.host.jobs()[0]!.counts.counted).toBe(0)
  expect(await aside()).toEqual([former])
  await jobs.stop()
})
