import { crc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { recordingLog } from '../../test/support/recording-log.js'
import type { CrashPoint } from '../model/crash-point.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { Json } from '../model/json.js'
import { openSnapshots } from './open-snapshots.js'
import { SnapshotDisk } from './snapshot-disk-fixture.js'
import type { SnapshotToSave } from './snapshot-store.js'

const folder = 'd/snapshots'

async function opened(disk = new SnapshotDisk()) {
  const log = recordingLog()
  const points: CrashPoint[] = []
  const store = await openSnapshots({ disk, folder, job: 'climate', log, reached: point => void points.push(point) })
  return { disk, log, points, store }
}

const snapshot = (entry: number, side: readonly number[] = [], from = 0, header: Json = {}): SnapshotToSave => ({
  entry,
  header: { plan: 'p', header },
  body: { sums: Float64Array.of(entry, -0), names: ['a', null] },
  sides: [{ name: 'ids', bytes: Uint8Array.from(side), from }],
})
const files = (disk: SnapshotDisk) => [...disk.files.keys()].map(path => path.slice(folder.length + 1)).sort()
const content = (disk: SnapshotDisk, name: string) => disk.files.get(`${folder}/${name}`)!

test('the newest is loaded with its side files, oldest first; two are kept', async () => {
  const { disk, store } = await opened()
  expect(await store.load()).toBeUndefined()
  expect(store.needed).toBe(0)
  for (let n = 1; n <= 4; n++) await store.save(snapshot(n * 10, [n], 0))
  expect(store.needed).toBe(30)
  expect(files(disk)).toEqual(['10.ids.side', '20.ids.side', '30.ids.side', '30.snapshot', '40.ids.side', '40.snapshot'])
  const again = await opened(disk)
  expect(again.store.needed).toBe(30)
  expect(await again.store.load()).toStrictEqual({
    entry: 40,
    header: { plan: 'p', header: {} },
    body: { sums: Float64Array.of(40, -0), names: ['a', null] },
    sides: { ids: [1, 2, 3, 4].map(n => Buffer.of(n)) },
  })
  expect(again.log.lines).toEqual([])
})

test('a side file goes when neither kept snapshot needs it', async () => {
  const { disk, store } = await opened()
  await store.save(snapshot(10, [1], 0))
  await store.save(snapshot(20, [2], 0))
  await store.save(snapshot(30, [3], 11))
  expect(files(disk)).toContain('10.ids.side')
  await store.save(snapshot(40, [4], 11))
  expect(files(disk)).not.toContain('10.ids.side')
  expect((await (await opened(disk)).store.load())?.sides).toEqual({ ids: [2, 3, 4].map(n => Buffer.of(n)) })
})

test('an empty side makes no file, and goes on with those before, also after a restart', async () => {
  const { disk, store } = await opened()
  await store.save(snapshot(10, [1]))
  const second = await opened(disk)
  await second.store.load()
  await second.store.save(snapshot(20))
  await second.store.save(snapshot(30, [3]))
  expect((await (await opened(disk)).store.load())?.sides).toEqual({ ids: [Buffer.of(1), Buffer.of(3)] })
  expect(files(disk)).toEqual(['10.ids.side', '20.snapshot', '30.ids.side', '30.snapshot'])
})

test('it is on the disk in this order: sides, folder, snapshot, its name, folder', async () => {
  const { disk, store, points } = await opened()
  const before = disk.done.length
  await store.save(snapshot(10, [1]))
  expect(disk.done.slice(before).filter(what => /^(sync|rename)/.test(what))).toEqual([
    'sync 10.ids.side',
    'sync 10.ids.side',
    'syncFolder snapshots',
    'sync 10.snapshot.new',
    'sync 10.snapshot.new',
    'rename 10.snapshot.new',
    'syncFolder snapshots',
  ])
  expect(points).toEqual(['snapshot-side-written', 'snapshot-written', 'snapshot-renamed', 'snapshot-durable'])
})

test('a large one is written in slices, each synced, and read again', async () => {
  const { disk, store } = await opened()
  const values = Float64Array.from({ length: 400_000 }, (_, i) => i)
  await store.save({ ...snapshot(10), body: { values } })
  expect(disk.done.filter(what => what === 'sync 10.snapshot.new')).toHaveLength(5)
  const found = (await (await opened(disk)).store.load())?.body as { values: Float64Array }
  expect(Buffer.from(found.values.buffer).equals(Buffer.from(values.buffer))).toBe(true)
})

test('a disk that takes few bytes at a time gets all of them', async () => {
  const disk = new SnapshotDisk()
  disk.writes = 7
  const { store } = await opened(disk)
  await store.save(snapshot(10, [1, 2, 3]))
  expect((await (await opened(disk)).store.load())?.entry).toBe(10)
})

test('half-written files of an earlier process are removed', async () => {
  const disk = new SnapshotDisk()
  disk.files.set(`${folder}/7.snapshot.new`, Uint8Array.of(1))
  await opened(disk)
  expect(files(disk)).toEqual([])
})

test('whatever fails while one is written, MR422 says so, the older one stays, and the next one succeeds', async () => {
  const healthy = await opened()
  await healthy.store.save(snapshot(10, [1]))
  const first = healthy.disk.done.length
  await healthy.store.save(snapshot(20, [2]))
  const operations = healthy.disk.done.length - first
  expect(operations).toBeGreaterThan(12)
  for (let failing = 0; failing < operations; failing++) {
    const { disk, store, log } = await opened()
    await store.save(snapshot(10, [1]))
    let count = 0
    let failed = ''
    disk.before = (operation, path) => {
      if (count++ !== failing) return
      failed = `${operation} ${path}`
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
    }
    const error: unknown = await store.save(snapshot(20, [2])).catch(reason => reason)
    disk.before = () => undefined
    if (error) {
      expect(error, failed).toMatchObject({ code: 'MR422', message: expect.stringContaining('no space left') })
      expect(content(disk, '10.snapshot'), failed).toBeDefined()
      const found = await (await opened(disk)).store.load()
      expect([10, 20], failed).toContain(found?.entry)
      expect(
        found?.sides['ids']?.map(bytes => bytes[0]),
        failed,
      ).toEqual(found?.entry === 10 ? [1] : [1, 2])
    } else expect(log.lines, failed).toMatchObject([{ level: 'warn' }])
    // What a failed save should have kept is written once more; nothing twice.
    await store.save(snapshot(30, error ? [2, 3] : [3]))
    expect(
      files(disk).filter(name => name.endsWith('.new')),
      failed,
    ).toEqual([])
    const found = await (await opened(disk)).store.load()
    expect(found?.entry, failed).toBe(30)
    expect(Buffer.concat(found!.sides['ids']!), failed).toEqual(Buffer.of(1, 2, 3))
  }
})

test('a second snapshot of one entry replaces the first, whose side files another may still need', async () => {
  const { disk, store } = await opened()
  await store.save(snapshot(10, [1]))
  await store.save(snapshot(10, [2]))
  await store.save(snapshot(20, [3]))
  expect((await (await opened(disk)).store.load())?.sides).toEqual({ ids: [1, 2, 3].map(n => Buffer.of(n)) })
})

test('a snapshot of another job is no damage: it is refused and left alone', async () => {
  const { disk, store } = await opened()
  await store.save(snapshot(10))
  const other = openSnapshots({ disk, folder, job: 'other', log: recordingLog(), reached: () => undefined })
  await expect(other).rejects.toMatchObject({ code: 'MR421' })
  expect(files(disk)).toEqual(['10.snapshot'])
})

test('nor is one of a newer layout', async () => {
  const disk = new SnapshotDisk()
  const file = Buffer.alloc(40)
  file.write('MRSNAP03\x02\0\0\0', 'latin1')
  file.write('{}', 16)
  file.writeUInt32LE(crc32(Buffer.concat([file.subarray(0, 12), file.subarray(16, 18)])), 12)
  disk.files.set(`${folder}/10.snapshot`, file)
  await expect(opened(disk)).rejects.toMatchObject({ code: 'MR451', message: expect.stringContaining('MRSNAP03') })
  expect(files(disk)).toEqual(['10.snapshot'])
})

test('a file that may not be opened is no damage', async () => {
  const { disk, store } = await opened()
  await store.save(snapshot(10))
  disk.before = operation => {
    if (operation === 'open') throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' })
  }
  await expect(store.load()).rejects.toMatchObject({ code: 'MR452' })
  disk.before = () => undefined
  expect((await store.load())?.entry).toBe(10)
})

test('an owner that was stopped and replaced neither replaces nor removes what its successor wrote', async () => {
  const disk = new SnapshotDisk()
  const owned = async (epoch: number, confirm: () => Promise<void>) => {
    const fence = { epoch, confirm }
    const store = await openSnapshots({ disk, folder, job: 'climate', fence, log: recordingLog(), reached: () => undefined })
    return { store, loaded: await store.load() }
  }
  const first = await owned(1, async () => {
    throw new MillraceError('MR440', 'replaced')
  })
  await expect(first.store.save(snapshot(10, [1]))).rejects.toMatchObject({ code: 'MR440' })
  expect(files(disk)).toEqual([])

  // It is stopped between the question and what follows from it.
  const slow = await owned(1, async () => {
    const { store } = await owned(2, async () => undefined)
    await store.save(snapshot(20, [7]))
    await store.save(snapshot(30, [8]))
    await store.save(snapshot(40, [9]))
  })
  await slow.store.save(snapshot(20, [1])).catch(() => undefined)
  expect(files(disk)).toEqual(expect.arrayContaining(['20-2.ids.side', '30-2.ids.side', '30-2.snapshot', '40-2.ids.side', '40-2.snapshot']))
  const third = await owned(3, async () => undefined)
  expect(third.loaded).toMatchObject({ entry: 40, sides: { ids: [Buffer.of(7), Buffer.of(8), Buffer.of(9)] } })
  await third.store.save(snapshot(50))
  expect(files(disk).filter(name => name.endsWith('.snapshot'))).toEqual(['40-2.snapshot', '50-3.snapshot'])
})

test('of two snapshots of one entry that of the later owner counts', async () => {
  const disk = new SnapshotDisk()
  for (const epoch of [9, 10]) {
    const fence = { epoch, confirm: async () => undefined }
    const store = await openSnapshots({ disk, folder, job: 'climate', fence, log: recordingLog(), reached: () => undefined })
    await store.save({ ...snapshot(5), header: { epoch } })
  }
  expect((await (await opened(disk)).store.load())?.header).toEqual({ epoch: 10 })
})

test('killed before any step, it finds the older snapshot or the newer one, whole, and has nothing to complain of', async () => {
  const healthy = await opened()
  await healthy.store.save(snapshot(10, [1]))
  await healthy.store.save(snapshot(20, [2]))
  const first = healthy.disk.done.length
  await healthy.store.save(snapshot(30, [3], 11))
  const steps = healthy.disk.done.length - first
  const seen = new Set<number | undefined>()
  for (let killed = 0; killed < steps; killed++) {
    const { disk, store } = await opened()
    await store.save(snapshot(10, [1]))
    await store.save(snapshot(20, [2]))
    let step = 0
    // From this step on nothing reaches the disk, the tidying up after a failure included.
    disk.before = () => {
      if (step++ >= killed) throw new Error('killed')
    }
    await store.save(snapshot(30, [3], 11)).catch(() => undefined)
    disk.before = () => undefined
    const { store: next, log } = await opened(disk)
    const found = await next.load()
    seen.add(found?.entry)
    expect(found, `step ${killed}`).toMatchObject({ body: { sums: Float64Array.of(found!.entry, -0) } })
    expect(Buffer.concat(found!.sides['ids']!), `step ${killed}`).toEqual(found!.entry === 20 ? Buffer.of(1, 2) : Buffer.of(2, 3))
    expect(log.lines, `step ${killed}`).toEqual([])
    // It goes on from there, and what was left over goes.
    await next.save(snapshot(40, found!.entry === 20 ? [3, 4] : [4], 31))
    await next.save(snapshot(50, [], 31))
    expect(
      files(disk).filter(name => !/^(40|50)\./.test(name)),
      `step ${killed}`,
    ).toEqual([])
  }
  expect([...seen].sort()).toEqual([20, 30])
})
