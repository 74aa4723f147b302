import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { defaultTuning } from '../../src/journal/journal.js'
import { allOf, chunkEntry, plain } from '../../src/journal/journal-fixture.js'
import { openJournal } from '../../src/journal/open-journal.js'
import { raiseEpoch } from '../../src/journal/raise-epoch.js'
import { systemDisk } from '../../src/runtime/seams/system-disk.js'
import { systemTime } from '../../src/runtime/seams/system-time.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-disk-'))
})
afterEach(() => rm(folder, { recursive: true }))

it.skipIf(process.platform === 'win32')('makes folders that only their owner can look into', async () => {
  await systemDisk.makeFolder(join(folder, 'data/journal'))
  for (const made of ['data', 'data/journal']) expect((await stat(join(folder, made))).mode & 0o777, made).toBe(0o700)
})

it('creates, writes at places, reads, cuts, renames and removes', async () => {
  await systemDisk.makeFolder(join(folder, 'a/b'))
  await systemDisk.makeFolder(join(folder, 'a/b'))
  const path = join(folder, 'a/b/file')
  const file = await systemDisk.create(path)
  await expect(systemDisk.create(path)).rejects.toMatchObject({ code: 'EEXIST' })
  expect(await file.write(Buffer.from('hello'), 3)).toBe(5)
  expect(await file.write(Buffer.from('abc'), 0)).toBe(3)
  await file.sync()
  const into = new Uint8Array(20)
  expect(await file.read(into, 1)).toBe(7)
  expect(Buffer.from(into.subarray(0, 7)).toString()).toBe('bchello')
  expect(await file.read(into, 8)).toBe(0)
  await file.truncate(4)
  expect(await file.size()).toBe(4)
  await file.close()
  await systemDisk.rename(path, join(folder, 'a/b/other'))
  await systemDisk.syncFolder(join(folder, 'a/b'))
  expect(await systemDisk.list(join(folder, 'a/b'))).toEqual(['other'])
  const exist = async (...names: readonly string[]) => Promise.all(names.map(name => systemDisk.exists(join(folder, name))))
  expect(await exist('a', 'a/b/other', 'a/b/file', 'nowhere/file')).toEqual([true, true, false, false])
  await expect(systemDisk.open(path, 'read')).rejects.toMatchObject({ code: 'ENOENT' })
  const again = await systemDisk.open(join(folder, 'a/b/other'), 'write')
  await again.write(Buffer.from('X'), 1)
  expect(await again.size()).toBe(4)
  await again.close()
  await systemDisk.remove(join(folder, 'a/b/other'))
  await systemDisk.remove(join(folder, 'a/b/other'))
  expect(await systemDisk.list(join(folder, 'nowhere'))).toEqual([])
})

it('writes the same in small and in large pieces, and refuses both once it is closed', async () => {
  const file = await systemDisk.create(join(folder, 'file'))
  const bytes = Uint8Array.from({ length: 200_000 }, (_, i) => i % 251)
  let at = 0
  for (const length of [1, 65_536, 65_537, bytes.length - 131_074]) {
    const piece = bytes.subarray(at, at + length)
    for (let done = 0; done < length; ) done += await file.write(piece.subarray(done), at + done)
    at += length
  }
  await file.sync()
  const into = new Uint8Array(bytes.length + 1)
  let got = 0
  for (let read = 1; read > 0; got += read) read = await file.read(into.subarray(got), got)
  expect(got).toBe(bytes.length)
  expect(Buffer.compare(into.subarray(0, got), bytes)).toBe(0)
  await file.close()
  for (const length of [1, 65_537]) await expect(file.write(bytes.subarray(0, length), 0)).rejects.toThrow()
})

it('carries a journal over owners', async () => {
  const written: unknown[] = []
  for (let epoch = 1; epoch <= 3; epoch++) {
    const fence = await raiseEpoch(systemDisk, folder, () => {})
    expect(fence.epoch).toBe(epoch)
    const journal = await openJournal({
      disk: systemDisk,
      folder: join(folder, 'journal'),
      job: 'rooms',
      fence,
      tuning: { ...defaultTuning, segmentBytes: 6_000 },
      now: systemTime.wall,
      after: systemTime.after,
      log: { info: () => {}, warn: () => {}, error: () => {} },
      reached: () => {},
      onDurable: () => {},
      onFailure: error => expect.fail(error.message),
    })
    expect(await allOf(journal)).toEqual(written)
    for (let i = 0; i < 30; i++) {
      const entry = chunkEntry(journal.last + 1, ['x'.repeat(100), String(i)])
      journal.append(entry)
      written.push(plain(entry))
      if (i % 3 === 0) await journal.flush()
    }
    await journal.flush()
    expect(journal.durable).toBe(epoch * 30)
    await journal.close()
  }
})
