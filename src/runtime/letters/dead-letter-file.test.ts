import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { memoryDisk } from '../../journal/memory-disk-fixture.js'
import { raiseEpoch } from '../../journal/raise-epoch.js'
import { systemDisk } from '../seams/system-disk.js'
import { DeadLetterFile } from './dead-letter-file.js'

const path = 'data/dead-letters.ndjson'
const line = (id: string, size = 10): string => `${JSON.stringify({ id, sample: '', bytes: 'A'.repeat(size) })}\n`
const read = (files: ReadonlyMap<string, Uint8Array>, name = path): string => new TextDecoder().decode(files.get(name))

test('of a group that a full disk took in part nothing is there twice', async () => {
  const disk = memoryDisk()
  const file = new DeadLetterFile(disk, path)
  await file.append(line('a'))
  let room = 60
  disk.onWrite = (_path, bytes) => {
    const taken = Math.min(bytes, room)
    room -= taken
    return taken
  }
  await expect(file.append(line('b') + line('c'))).rejects.toThrow('no bytes')
  expect(read(disk.files)).toContain(line('b'))
  await file.close()
  room = Number.POSITIVE_INFINITY
  await file.append(line('b') + line('c'))
  expect(read(disk.files)).toBe(line('a') + line('b') + line('c'))
})

test('a group whose sync failed is there once in the end', async () => {
  const disk = memoryDisk()
  const file = new DeadLetterFile(disk, path)
  await file.append(line('a'))
  disk.onSync = () => {
    throw new Error('EIO')
  }
  await expect(file.append(line('b'))).rejects.toThrow('EIO')
  await file.close()
  disk.onSync = () => {}
  await file.append(line('b'))
  expect(read(disk.files)).toBe(line('a') + line('b'))
})

test('the last lines are found though one alone is longer than was asked for', async () => {
  const file = new DeadLetterFile(memoryDisk(), path)
  await file.append(line('a') + line('b', 5_000))
  expect((await file.tail(1_000)).at(-1)).toBe(line('b', 5_000).trimEnd())
  expect(await file.tail(100_000)).toHaveLength(2)
})

test('lines that a power loss damaged are taken out; those before and behind them stay', async () => {
  const disk = memoryDisk()
  await new DeadLetterFile(disk, path).append(line('a') + line('b') + line('c') + line('ä'))
  const bytes = disk.files.get(path)!
  bytes.fill(0, line('a').length + 3, line('a').length + line('b').length + 3)
  const again = new DeadLetterFile(disk, path)
  expect((await again.tail(1_000)).filter(one => one.includes('\0'))).toHaveLength(1)
  await again.append(line('b'))
  expect(read(disk.files)).toBe(line('a') + line('ä') + line('b'))
  expect(disk.files.get(`${path}.corrupt`)).toEqual(bytes.slice(line('a').length, line('a').length + line('b').length + line('c').length))
})

test('a full file makes way for a new one, and its lines are in the older one, once', async () => {
  const disk = memoryDisk()
  const file = new DeadLetterFile(disk, path, { rotateBytes: 10_000 })
  const large = line('large', 10_000)
  await file.append(large)
  await file.append(line('next'))
  expect(disk.files.get('data/dead-letters.1.ndjson')).toHaveLength(large.length)
  expect(read(disk.files)).toBe(line('next'))
  await file.append(line('last'))
  expect(await file.tail(1_000)).toHaveLength(2)
})

test('lines of a process that was killed before its sync are on the disk before they count', async () => {
  const disk = memoryDisk()
  await new DeadLetterFile(disk, path).append(line('a'))
  disk.onSync = () => {
    throw new Error('killed')
  }
  await expect(new DeadLetterFile(disk, path).append(line('b'))).rejects.toThrow('killed')
  disk.onSync = () => {}
  const file = new DeadLetterFile(disk, path, { fence: { epoch: 2, confirm: async () => {} } })
  await file.open()
  expect(await file.tail(1_000)).toHaveLength(2)
  expect(read(disk.afterPowerLoss(() => false).files)).toBe(line('a') + line('b'))
})

test('a file that cannot be taken over is one to try again', async () => {
  const disk = memoryDisk()
  await new DeadLetterFile(disk, path).append(line('a'))
  const fence = { epoch: 2, confirm: async () => {} }
  const file = new DeadLetterFile(disk, path, { fence, takeOver: true })
  disk.onWrite = () => {
    throw new Error('ENOSPC: no space left on device')
  }
  await expect(file.open()).rejects.toMatchObject({ code: 'MR423', action: 'back-off' })
  disk.onWrite = (_path, bytes) => bytes
  await file.open()
  expect(read(disk.files)).toBe(line('a'))
  expect([...disk.files.keys()]).toEqual([path])
})

test('a process that was replaced changes nothing in the file of its successor, whether or not it has it open', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-letters-'))
  try {
    const at = join(folder, 'dead-letters.ndjson')
    const owner = async (takeOver: boolean) => {
      const fence = await raiseEpoch(systemDisk, folder, () => {})
      return new DeadLetterFile(systemDisk, at, { fence, takeOver })
    }
    const first = await owner(false)
    const idle = await owner(false)
    await idle.append(line('a'))
    const second = await owner(true)
    await second.open()
    expect(await second.tail(1_000)).toHaveLength(1)
    await second.append(line('b'))
    // It was stopped between two letters, and goes on; the other one has yet to open the file.
    await idle.append(line('of the replaced one, and longer'))
    await expect(first.append(line('c'))).rejects.toMatchObject({ code: 'MR440' })
    await second.append(line('d'))
    expect(await readFile(at, 'utf8')).toBe(line('a') + line('b') + line('d'))
    expect((await readdir(folder)).sort()).toEqual(['dead-letters.ndjson', 'epochs'])
    for (const file of [first, idle, second]) await file.close()
  } finally {
    await rm(folder, { recursive: true })
  }
})
