import { expect, it } from 'vitest'
import type { CrashPoint } from '../model/crash-point.js'
import type { DiskFile } from '../model/disk.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { Fence } from './fence.js'
import { type MemoryDisk, memoryDisk } from './memory-disk-fixture.js'
import { openSegmentLog } from './open-segment-log.js'
import type { SegmentLog, SegmentLogOptions } from './segment-log.js'

const fenceAt = (epoch: number): Fence => ({ epoch, confirm: async () => {} })

interface Opened {
  readonly log: SegmentLog
  readonly failures: MillraceError[]
  readonly points: CrashPoint[]
  readonly pauses: number[]
}

async function opened(disk: MemoryDisk, epoch: number, more: Partial<SegmentLogOptions> = {}): Promise<Opened> {
  const failures: MillraceError[] = []
  const points: CrashPoint[] = []
  const pauses: number[] = []
  const log = await openSegmentLog({
    disk,
    folder: 'log',
    fence: fenceAt(epoch),
    header: { kind: 'test' },
    segmentBytes: 2 ** 20,
    bufferBytes: 1_000,
    now: () => 0,
    after: (ms, callback) => {
      pauses.push(ms)
      const turn = setImmediate(callback)
      return () => clearImmediate(turn)
    },
    reached: point => points.push(point),
    onDurable: () => {},
    onFailure: error => failures.push(error),
    ...more,
  })
  return { log, failures, points, pauses }
}

async function textsOf(log: SegmentLog, after = 0): Promise<string[]> {
  const texts: string[] = []
  for await (const { bytes } of log.read(after)) texts.push(Buffer.from(bytes).toString())
  return texts
}

const appendText = (log: SegmentLog, text: string): number => log.append(Buffer.from(text))

it('numbers records from 1, joins their parts, and syncs together what was appended together', async () => {
  const disk = memoryDisk()
  let syncs = 0
  const { log, points } = await opened(disk, 1)
  disk.onSync = () => void syncs++
  expect(log.append(Buffer.from('a'), Buffer.from('bc'))).toBe(1)
  expect(appendText(log, 'd')).toBe(2)
  expect([log.last, log.durable]).toEqual([2, 0])
  await log.flush()
  expect([log.last, log.durable, syncs]).toEqual([2, 2, 1])
  expect(points).toEqual(['segment-created', 'appended', 'appended', 'written', 'synced', 'confirmed'])
  expect(await textsOf(log)).toEqual(['abc', 'd'])
  expect(await textsOf(log, 1)).toEqual(['d'])
  expect(() => log.append(new Uint8Array(0))).toThrow(RangeError)
  await log.close()
})

it('is read while it grows', async () => {
  const { log } = await opened(memoryDisk(), 1, { segmentBytes: 4_200 })
  appendText(log, '1')
  await log.flush()
  const texts: string[] = []
  for await (const { number, bytes } of log.read(0)) {
    texts.push(Buffer.from(bytes).toString())
    if (number === 40) break
    appendText(log, String(number + 1))
    await log.flush()
  }
  expect(texts).toEqual(Array.from({ length: 40 }, (_, i) => String(i + 1)))
  expect(log.segments().length).toBeGreaterThan(3)
  await log.close()
})

it('goes on after writes of one byte at a time', async () => {
  const disk = memoryDisk()
  const { log } = await opened(disk, 1)
  disk.onWrite = () => 1
  appendText(log, 'slowly')
  await log.flush()
  expect(await textsOf(log)).toEqual(['slowly'])
  await log.close()
})

it('waits while the disk is full, says so, and goes on by itself at the same place', async () => {
  const disk = memoryDisk()
  const { log, pauses, failures } = await opened(disk, 1)
  let free = 20
  let refused = 0
  disk.onWrite = (_path, bytes) => {
    const taken = Math.min(bytes, free)
    free -= taken
    if (taken > 0) return taken
    if (++refused < 8) throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' })
    free = 1_000
    expect([log.full, log.failing, log.durable]).toEqual([true, 'ENOSPC: no space left', 0])
    throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' })
  }
  appendText(log, 'a record that does not fit at first')
  await log.flush()
  expect(pauses).toEqual([100, 200, 400, 800, 1_600, 2_000, 2_000, 2_000])
  expect([log.full, log.failing, log.durable, failures.length]).toEqual([false, undefined, 1, 0])
  expect(await textsOf(log)).toEqual(['a record that does not fit at first'])
  await log.close()
})

it('can be closed while the disk is full, and keeps what was durable', async () => {
  const disk = memoryDisk()
  const { log } = await opened(disk, 1)
  appendText(log, 'durable')
  await log.flush()
  disk.onWrite = () => {
    throw Object.assign(new Error('full'), { code: 'ENOSPC' })
  }
  appendText(log, 'never written')
  const flushed = expect(log.flush()).rejects.toMatchObject({ code: 'MR445' })
  await log.close()
  await flushed
  disk.onWrite = (_path, bytes) => bytes
  const again = await opened(disk, 2)
  expect(await textsOf(again.log)).toEqual(['durable'])
  await again.log.close()
})

it('tells whoever asks after it was closed what became of the rest', async () => {
  const disk = memoryDisk()
  const { log } = await opened(disk, 1)
  disk.onWrite = () => {
    throw Object.assign(new Error('full'), { code: 'ENOSPC' })
  }
  appendText(log, 'never written')
  await log.close()
  await expect(log.flush()).rejects.toMatchObject({ code: 'MR445' })
  expect(() => appendText(log, 'too late')).toThrow(expect.objectContaining({ code: 'MR445' }))
  await log.close()
})

it('is given up where its folder is gone, which no waiting mends', async () => {
  const disk = memoryDisk()
  const { log, failures } = await opened(disk, 1, { segmentBytes: 1 })
  appendText(log, 'the segment is complete')
  await log.flush()
  disk.create = async () => {
    throw Object.assign(new Error('ENOENT: no such file or directory'), { code: 'ENOENT' })
  }
  appendText(log, 'needs a new one')
  await expect(log.flush()).rejects.toMatchObject({ code: 'MR445' })
  expect(failures.map(({ code }) => code)).toEqual(['MR445'])
  await log.close()
})

it('leaves no file open, however its opening ends', async () => {
  let open = 0
  const counted = (disk: MemoryDisk): MemoryDisk => {
    const { create, open: openFile } = disk
    const count = (file: DiskFile): DiskFile => {
      open++
      return { ...file, close: async () => void open-- }
    }
    disk.create = async path => count(await create(path))
    disk.open = async (path, how) => count(await openFile(path, how))
    return disk
  }
  const disk = counted(memoryDisk())
  for (let epoch = 1; epoch < 20; epoch++) {
    const { log } = await opened(disk, epoch)
    for (const text of ['a', 'b', 'c']) appendText(log, text)
    await log.flush()
    // Left in the middle.
    for await (const record of log.read(0)) if (record.number === 2) break
    await textsOf(log)
    await log.close()
    expect(open).toBe(0)
  }
  const replaced = new MillraceError('MR440', 'replaced')
  let confirmed = 0
  const late = await opened(disk.copy(), 20)
  appendText(late.log, 'x')
  await late.log.close()
  const [shadow] = [...disk.files.keys()]
  disk.files.set('log/0000000018-0000000000000999.seg', disk.files.get(shadow!)!)
  const confirm = async (): Promise<void> => {
    if (confirmed++ > 0) throw replaced
  }
  await expect(opened(disk, 20, { fence: { epoch: 20, confirm } })).rejects.toThrow(replaced)
  expect(open).toBe(0)
})

it('is full when as much waits as the buffer may hold', async () => {
  const { log } = await opened(memoryDisk(), 1)
  appendText(log, 'x'.repeat(900))
  expect(log.full).toBe(false)
  appendText(log, 'x'.repeat(100))
  expect(log.full).toBe(true)
  await log.flush()
  expect(log.full).toBe(false)
  await log.close()
})

it('gives up after a sync that failed, and never tries again', async () => {
  const disk = memoryDisk()
  const { log, failures } = await opened(disk, 1)
  let syncs = 0
  disk.onSync = () => {
    if (++syncs === 1) throw new Error('EIO')
  }
  appendText(log, 'lost')
  await expect(log.flush()).rejects.toMatchObject({ code: 'MR444' })
  expect(() => appendText(log, 'more')).toThrow('EIO')
  await expect(log.flush()).rejects.toMatchObject({ code: 'MR444' })
  expect([syncs, log.durable, failures.length, log.full]).toEqual([1, 0, 1, true])
  expect(await textsOf(log)).toEqual([])
  await log.close()
})

it('lets nothing become durable once it is fenced', async () => {
  let replaced = false
  const fence: Fence = {
    epoch: 1,
    confirm: async () => {
      if (replaced) throw new MillraceError('MR440', 'replaced')
    },
  }
  const { log, failures, points } = await opened(memoryDisk(), 1, { fence })
  replaced = true
  appendText(log, 'too late')
  await expect(log.flush()).rejects.toMatchObject({ code: 'MR440' })
  expect([log.durable, failures.map(({ code }) => code)]).toEqual([0, ['MR440']])
  expect(points.at(-1)).toBe('synced')
  await log.close()
})

it('copies what was not known to be synced before it counts on it', async () => {
  const disk = memoryDisk()
  const first = await opened(disk, 1)
  appendText(first.log, 'synced')
  await first.log.flush()
  disk.onSync = () => {
    throw new Error('EIO')
  }
  appendText(first.log, 'in the memory of the system only')
  await expect(first.log.flush()).rejects.toMatchObject({ code: 'MR444' })
  await first.log.close()
  disk.onSync = () => {}
  const second = await opened(disk, 2)
  expect(await textsOf(second.log)).toEqual(['synced', 'in the memory of the system only'])
  expect(second.log.segments().map(({ epoch, first, last }) => [epoch, first, last])).toEqual([
    [1, 1, 1],
    [2, 2, 2],
  ])
  // Now it survives even where the system had lied.
  const third = await opened(
    disk.afterPowerLoss(() => false),
    3,
  )
  expect(await textsOf(third.log)).toEqual(['synced', 'in the memory of the system only'])
})

it('removes what is neither needed nor to be kept, but never the last records', async () => {
  let now = 0
  const disk = memoryDisk()
  const { log, points } = await opened(disk, 1, { segmentBytes: 4_200, now: () => now })
  for (let i = 1; i <= 40; i++) {
    now = i * 1_000
    appendText(log, 'x'.repeat(50))
    await log.flush()
  }
  const bytes = (): number => log.segments().reduce((sum, segment) => sum + segment.bytes, 0)
  const before = log.segments()
  const all = bytes()
  await log.retain({ needed: 0, bytes: 0, ms: 0 })
  expect(log.segments()).toEqual(before)
  await log.retain({ needed: 40, bytes: all, ms: 1e9 })
  expect(log.segments()).toEqual(before)
  await log.retain({ needed: 40, bytes: all - 1, ms: 1e9 })
  expect(log.segments()).toEqual(before.slice(1))
  await log.retain({ needed: before[3]!.last, bytes: 0, ms: 1e9 })
  expect(log.segments()).toEqual(before.slice(4))
  // Older than its last record: the segment after it was begun so long ago.
  await log.retain({ needed: 40, bytes: 1e9, ms: now - before[7]!.began })
  expect(log.segments()).toEqual(before.slice(6))
  await log.retain({ needed: 40, bytes: 0, ms: 0 })
  expect(log.segments().length).toBe(1)
  expect(points.filter(point => point === 'segment-removed').length).toBe(before.length - 1)
  await log.close()
  const again = await opened(disk, 2)
  expect([again.log.last, (await textsOf(again.log)).length > 0]).toEqual([40, true])
  await again.log.close()
})

it('passes over segments that one who was replaced began too late, and removes them', async () => {
  const disk = memoryDisk()
  const { log } = await opened(disk, 1, { segmentBytes: 4_100 })
  appendText(log, 'a')
  await log.flush()
  const taken = disk.copy()
  appendText(log, 'too late')
  await log.flush()
  const second = await opened(taken, 2)
  expect(appendText(second.log, 'b')).toBe(2)
  await second.log.flush()
  await second.log.close()
  const late = [...disk.files].filter(([path]) => !taken.files.has(path))
  expect(late.map(([path]) => path)).toEqual(['log/0000000001-0000000000000001.seg', 'log/0000000001-0000000000000002.seg'])
  for (const [path, bytes] of late) taken.files.set(path, bytes)
  const third = await opened(taken, 3)
  expect(await textsOf(third.log)).toEqual(['a', 'b'])
  expect(taken.files.has(late[0]![0])).toBe(false)
  await log.close()
  await third.log.close()
})

it('takes for half-written, not for damaged, whatever order a crash left it in', async () => {
  const disk = memoryDisk()
  const { log } = await opened(disk, 1)
  appendText(log, 'synced')
  await log.flush()
  const [path, synced] = [...disk.files][0]!
  for (const name of ['b', 'c', 'd']) appendText(log, name.repeat(600))
  await log.flush()
  await log.close()
  const torn = disk.copy()
  torn.files.get(path)!.fill(0, synced.length, synced.length + 100)
  const seen: unknown[] = []
  const second = await opened(torn, 2, { onTorn: found => seen.push(found) })
  expect(await textsOf(second.log)).toEqual(['synced'])
  expect(seen).toEqual([{ segment: '0000000001-0000000000000001.seg', record: 2, bytes: 3 * 616 }])
  // The same hole is damage once a later record has known its neighbours to be durable.
  const third = await opened(disk, 3)
  appendText(third.log, 'e')
  await third.log.flush()
  const damaged = disk.copy()
  const whole = damaged.files.get('log/0000000003-0000000000000002.seg')!
  whole.fill(0, 4_096 + 100, 4_096 + 200)
  await expect(opened(damaged, 4)).rejects.toMatchObject({ code: 'MR442', notes: expect.arrayContaining(['record 2', 'byte 4096']) })
})

it('refuses a folder in which a higher epoch has written', async () => {
  const disk = memoryDisk()
  const { log } = await opened(disk, 7)
  await log.close()
  await expect(opened(disk, 6)).rejects.toMatchObject({ code: 'MR440' })
})

it('refuses segments of another format', async () => {
  const disk = memoryDisk(new Map([['log/0000000001-0000000000000001.seg', new Uint8Array(5_000).fill(7)]]))
  await expect(opened(disk, 2)).rejects.toMatchObject({ code: 'MR443' })
})

it('never counts what was written too late, even where the segments that hid it were removed', async () => {
  const disk = memoryDisk()
  const { log } = await opened(disk, 1, { segmentBytes: 4_100 })
  appendText(log, 'a')
  await log.flush()
  const taken = disk.copy()
  appendText(log, 'too late')
  await log.flush()
  const second = await opened(taken, 2, { segmentBytes: 4_100 })
  for (const text of ['b', 'c', 'd']) {
    appendText(second.log, text)
    await second.log.flush()
  }
  for (const [path, bytes] of disk.files) if (!taken.files.has(path)) taken.files.set(path, bytes)
  await second.log.retain({ needed: 3, bytes: 0, ms: 0 })
  await second.log.close()
  expect([...taken.files.keys()]).toContain('log/0000000001-0000000000000002.seg')
  expect([...taken.files.keys()]).not.toContain('log/0000000002-0000000000000001.seg')
  const third = await opened(taken, 3)
  expect(await textsOf(third.log)).toEqual(['d'])
  await log.close()
  await third.log.close()
})
