import { mkdir, mkdtemp, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { memoryDisk } from '../../journal/memory-disk-fixture.js'
import { MillraceError } from '../../model/errors/millrace-error.js'
import { systemDisk } from '../seams/system-disk.js'
import { virtualTime } from '../seams/virtual-time.js'
import { DeadLetterFile } from './dead-letter-file.js'
import { DeadLetterStore } from './dead-letter-store.js'
import type { LetterFile } from './letter-file.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-letters-'))
})
afterAll(() => rm(folder, { recursive: true }))

const refused = (text: string) => ({ source: 's', code: 'MR201', reason: 'not JSON', at: 1, bytes: new TextEncoder().encode(text) })
const lines: string[] = []
const warnings: string[] = []
const log = { info: () => {}, warn: (message: string) => void warnings.push(message), error: (message: string) => void lines.push(message) }

function store(origin: string, given: LetterFile | string) {
  const time = virtualTime(0)
  const file = typeof given === 'string' ? new DeadLetterFile(systemDisk, given) : given
  let stored = 0
  const failures: string[] = []
  const random = { next: () => 0.5, hex: () => '00' }
  const letters = new DeadLetterStore({
    job: 'j',
    origin,
    file,
    real: time,
    random,
    log,
    reached: () => {},
    onStored: () => void stored++,
    failed: error => void failures.push(error.code),
  })
  return { letters, time, stored: () => stored, failures }
}

test('a full disk holds the entry and says why, and what was refused is stored once there is room', async () => {
  const written: string[] = []
  let full = true
  const file: LetterFile = {
    tail: async () => [],
    append: async text => {
      if (full) throw new Error('ENOSPC: no space left on device')
      written.push(text)
    },
    close: async () => {},
  }
  const { letters, time, stored } = store('5', file)
  letters.add(3, 0, refused('a'))
  letters.add(4, 0, refused('b'))
  await time.advance(1)
  expect([letters.full, letters.oldestEntry, stored()]).toEqual([true, 3, 0])
  expect(letters.failing).toContain('ENOSPC')
  expect(lines).toContain('dead letters not stored')
  full = false
  await time.advance(60_000)
  expect([letters.full, letters.oldestEntry]).toEqual([false, Number.POSITIVE_INFINITY])
  expect(stored()).toBeGreaterThan(0)
  expect(written.join('').match(/"id":"j\.5\.\d\.0"/g)).toEqual(['"id":"j.5.3.0"', '"id":"j.5.4.0"'])
})

test('closing does not wait for a disk that stays full', async () => {
  const append = async () => {
    throw new Error('ENOSPC')
  }
  const { letters, time } = store('0', { tail: async () => [], append, close: async () => {} })
  letters.add(1, 0, refused('a'))
  await time.advance(1)
  await letters.close()
  expect(letters.oldestEntry).toBe(1)
})

test('letters come back at the next start, under ids of their own, behind a line that a crash tore', async () => {
  const path = join(folder, 'dead-letters.ndjson')
  const one = store('100', path)
  one.letters.add(1, 0, refused('ä\u0000'))
  while (one.stored() === 0) await one.time.settle()
  await one.letters.close()
  await writeFile(path, `${await readFile(path, 'utf8')}{"id":"torn`)

  const two = store('101', path)
  await two.letters.load()
  expect(two.letters.list({}).map(({ id, sample }) => [id, sample])).toEqual([['j.100.1.0', 'ä·']])
  expect(new TextDecoder().decode(two.letters.find('j.100.1.0')?.bytes)).toBe('ä\u0000')
  two.letters.add(1, 0, refused('b'))
  while (two.stored() === 0) await two.time.settle()
  await two.letters.close()
  const ids = (await readFile(path, 'utf8'))
    .trimEnd()
    .split('\n')
    .map(line => (JSON.parse(line) as { id: string }).id)
  expect(ids).toEqual(['j.100.1.0', 'j.101.1.0'])
})

test('with any byte of the file altered, or cut anywhere, no letter is another one, what is left out is said and kept aside, and none that follows is lost', async () => {
  const path = 'data/dead-letters.ndjson'
  const whole = memoryDisk()
  const one = store('o', new DeadLetterFile(whole, path))
  for (const entry of [8, 9]) one.letters.add(entry, 0, refused(`bad ${entry}`))
  while (one.letters.oldestEntry !== Number.POSITIVE_INFINITY) await one.time.settle()
  await one.letters.close()
  const bytes = whole.files.get(path)!
  const told = (letters: DeadLetterStore): readonly unknown[] =>
    letters.list({}).map(letter => [letter, Buffer.from(letters.find(letter.id)!.bytes).toString()])
  const all = told(one.letters)
  const again = async (altered: Uint8Array, place: string, mayBeWhole: boolean): Promise<void> => {
    const disk = memoryDisk(new Map([[path, altered]]))
    warnings.length = 0
    const two = store('o', new DeadLetterFile(disk, path))
    await two.letters.load()
    const kept = told(two.letters)
    for (const letter of kept) expect(all, place).toContainEqual(letter)
    if (!mayBeWhole) expect([kept.length < all.length, warnings.join()], place).toEqual([true, expect.stringContaining('damaged')])
    two.letters.add(10, 0, refused('bad 10'))
    while (two.letters.oldestEntry !== Number.POSITIVE_INFINITY) await two.time.settle()
    expect(new TextDecoder().decode(disk.files.get(path)), place).toContain('"id":"j.o.10.0"')
    // Nothing that was there is gone.
    const length = [path, `${path}.corrupt`].reduce((sum, name) => sum + (disk.files.get(name)?.length ?? 0), 0)
    expect(length, place).toBeGreaterThan(altered.length)
    await two.letters.close()
  }
  const ends = [...bytes].flatMap((byte, at) => (byte === 0x0a ? [at + 1] : []))
  for (let at = 0; at < bytes.length; at++) {
    // What ends a line may be altered and say nothing else: its own checksum, and white space behind it.
    const inEnd = ends.some(end => at < end && at >= end - 20)
    for (const flip of [0x08, 1 << (at % 8)])
      await again(
        bytes.map((byte, i) => (i === at ? byte ^ flip : byte)),
        `byte ${at} xor ${flip}`,
        inEnd,
      )
    await again(bytes.slice(0, at), `cut at ${at}`, at === 0 || ends.some(end => at === end || at === end - 1))
  }
})

test('a file that cannot be opened is tried again', async () => {
  const path = join(folder, 'blocked.ndjson')
  await mkdir(path)
  const { letters, time, stored } = store('0', path)
  letters.add(1, 0, refused('a'))
  while (letters.failing === undefined) await time.settle()
  expect(letters.full).toBe(true)
  await rmdir(path)
  while (stored() === 0) await time.advance(1_000)
  expect(letters.full).toBe(false)
  expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(2)
  await letters.close()
})

test('a letter that a replay makes again is not stored again; those behind it are', async () => {
  const path = join(folder, 'replayed.ndjson')
  const one = store('o', path)
  one.letters.release(1)
  one.letters.add(1, 0, refused('a'))
  one.letters.add(2, 0, refused('b'))
  await one.letters.keepOutput(1, 0, refused('output'))
  // Entry 2 is not durable, so its message waits.
  expect(one.letters.snapshot().letters.map(({ entry, index }) => [entry, index])).toEqual([[2, 0]])
  await one.letters.close()

  const two = store('o', path)
  await two.letters.load()
  two.letters.add(1, 0, refused('a'))
  two.letters.add(2, 0, refused('b'))
  await two.letters.keepOutput(1, 0, refused('output'))
  while (two.stored() === 0) await two.time.settle()
  await two.letters.close()
  expect((await readFile(path, 'utf8')).match(/"id":"[^"]*"/g)).toEqual(['"id":"j.o.1.0"', '"id":"j.o.1.1000000.s"', '"id":"j.o.2.0"'])
})

test('a refused output is kept once the disk has it, and not before', async () => {
  const written: string[] = []
  const doors: (() => void)[] = []
  const file: LetterFile = {
    tail: async () => [],
    append: async text => {
      await new Promise<void>(resolve => doors.push(resolve))
      written.push(text)
    },
    close: async () => {},
  }
  const { letters, time } = store('o', file)
  let kept = false
  void letters.keepOutput(1, 3, refused('output')).then(() => {
    kept = true
  })
  await time.settle()
  expect(kept).toBe(false)
  doors[0]!()
  await time.settle()
  expect(kept).toBe(true)
  expect(written.join('')).toContain('"id":"j.o.1.1000003.s"')
})

test('an output that is refused again after a start is not kept again, be its letter in the snapshot or in the file', async () => {
  const written: string[] = []
  const append = async (text: string) => void written.push(text)
  const one = store('o', { tail: async () => written, append, close: async () => {} })
  one.letters.restore([{ entry: 4, index: 1_000_000, refused: refused('output') }], [])
  await one.letters.keepOutput(4, 0, refused('output'))
  expect(written).toHaveLength(1)
  // Places are counted by sink.
  await one.letters.keepOutput(4, 0, { ...refused('output'), source: 'other' })
  expect(written).toHaveLength(2)

  const two = store('o', { tail: async () => written, append, close: async () => {} })
  await two.letters.load()
  await two.letters.keepOutput(4, 0, refused('output'))
  // The letters of its entry are there, for they went first.
  two.letters.add(3, 0, refused('a'))
  two.letters.add(4, 7, refused('b'))
  two.letters.add(5, 0, refused('c'))
  await two.time.settle()
  expect(written.join('').match(/"id":"[^"]*"/g)).toEqual(['"id":"j.o.4.1000000.s"', '"id":"j.o.4.1000000.other"', '"id":"j.o.5.0"'])
})

test('just after a rotation the older file tells what is stored', async () => {
  const path = join(folder, 'rotated.ndjson')
  const one = store('o', path)
  one.letters.add(7, 0, refused('a'))
  while (one.stored() === 0) await one.time.settle()
  await one.letters.close()
  await rename(path, path.replace('.ndjson', '.1.ndjson'))
  const two = store('o', path)
  await two.letters.load()
  two.letters.add(7, 0, refused('a'))
  expect(two.letters.oldestEntry).toBe(Number.POSITIVE_INFINITY)
  await two.letters.close()
})

test('a start shows as many letters of the file as fit into memory', async () => {
  const path = join(folder, 'many.ndjson')
  const one = store('o', path)
  const large = 'x'.repeat(3_000)
  for (let entry = 1; entry <= 800; entry++) one.letters.add(entry, 0, refused(large))
  while (one.letters.oldestEntry !== Number.POSITIVE_INFINITY) await one.time.settle()
  await one.letters.close()
  const two = store('o', path)
  await two.letters.load()
  expect(two.letters.list({ limit: 1_000 })).toHaveLength(800)
  await two.letters.close()
})

test('a process whose folder has another owner stops, and does not try for ever', async () => {
  const file: LetterFile = {
    tail: async () => [],
    append: async () => {
      throw new MillraceError('MR440', 'the data folder has epoch 2, this process has 1')
    },
    close: async () => {},
  }
  const { letters, failures } = store('6', file)
  letters.add(1, 0, refused('x'))
  await letters.close()
  expect(failures).toEqual(['MR440'])
  expect(letters.oldestEntry).toBe(1)
})

test('the log tells the first letter of each source and code, of sixteen at most', () => {
  warnings.length = 0
  const { letters } = store('9', { tail: async () => [], append: async () => {}, close: async () => {} })
  for (let entry = 1; entry <= 60; entry++) letters.add(entry, 0, { ...refused('x'), reason: `no. ${entry}`, code: `MR${entry % 20}` })
  letters.add(61, 0, { ...refused('x'), source: 'other', reason: 'of another source' })
  expect(letters.total).toBe(61)
  expect(warnings).toEqual(
    Array.from({ length: 16 }, (_, i) => `refused: no. ${i + 1}. Further ones of this kind: millrace dead-letters ls`),
  )
})
