import { appendFile, mkdtemp, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ResultFile, type ResultPlace } from './result-file.js'

const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
let root = ''
let folder = ''
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'millrace-results-'))
})
afterAll(() => rm(root, { recursive: true }))
beforeEach(async () => {
  folder = await mkdtemp(join(root, 'case-'))
})

const place = (overrides: Partial<ResultPlace> = {}): ResultPlace => ({
  path: join(folder, 'out.csv'),
  owner: 'job/out',
  journal: 'a1',
  rotateBytes: Number.POSITIVE_INFINITY,
  rotateMs: 0,
  keep: Number.POSITIVE_INFINITY,
  log,
  ...overrides,
})
const at = (entry: number, ordinal = 0) => ({ entry, ordinal })
const content = (name = 'out.csv') => readFile(join(folder, name), 'utf8')
const names = async () => (await readdir(folder)).filter(name => !name.includes('.position')).sort()

/** A writer that ends without a word: what it has not closed, a kill would leave just so. */
async function wrote(rows: readonly (readonly [string, number])[], overrides: Partial<ResultPlace> = {}, header?: string): Promise<void> {
  const file = await ResultFile.open(place(overrides))
  for (const [text, entry] of rows) await file.append({ text, ...(header !== undefined && { header }) }, at(entry), entry * 1_000)
  await file.close()
}

describe('a result file after a crash', () => {
  it('loses what was not whole, and tells the position of the rest', async () => {
    await wrote([
      ['a\n', 1],
      ['b\n', 4],
    ])
    await appendFile(join(folder, 'out.csv'), 'c\nd')
    const again = await ResultFile.open(place())
    expect(again.position).toEqual(at(4))
    expect(await content()).toBe('a\nb\n')
    await again.append({ text: 'c\n' }, at(5), 0)
    await again.close()
    expect(await content()).toBe('a\nb\nc\n')
  })

  it('goes back to the slot before one that was torn at any byte, and to the rows that it names', async () => {
    await wrote([
      ['a\n', 1],
      ['bb\n', 2],
      ['ccc\n', 3],
    ])
    const side = await readFile(join(folder, 'out.csv.position'))
    const newest = side.subarray(0, 1_024).toString().includes('"entry":3') ? 0 : 1_024
    for (const offset of [0, 1, 40, 100, 500, 1_010, 1_016, 1_022]) {
      const torn = Buffer.from(side)
      torn[newest + offset]! ^= 1
      await writeFile(join(folder, 'out.csv.position'), torn)
      await writeFile(join(folder, 'out.csv'), 'a\nbb\nccc\n')
      const again = await ResultFile.open(place())
      expect([again.position, await content()], `byte ${offset}`).toEqual([at(2), 'a\nbb\n'])
      await again.close()
    }
  })

  it('tells no position to the job of another journal, or to one without, and goes on behind its rows', async () => {
    await wrote([['a\n', 900]])
    for (const [journal, text] of [
      ['b2', 'b\n'],
      [undefined, 'c\n'],
    ] as const) {
      const other = await ResultFile.open(place({ journal }))
      expect(other.position).toBeUndefined()
      await other.append({ text }, at(1), 0)
      await other.close()
    }
    expect(await content()).toBe('a\nb\nc\n')
  })

  it('leaves what another hand put there, and goes on behind it', async () => {
    await writeFile(join(folder, 'out.csv'), 'theirs, without an end')
    await wrote([['a\n', 1]])
    expect(await content()).toBe('theirs, without an end\na\n')
    await writeFile(join(folder, 'out.csv'), 'theirs again, which is longer than what was there\n')
    await wrote([['b\n', 2]])
    expect(await content()).toBe('theirs again, which is longer than what was there\nb\n')
    await truncate(join(folder, 'out.csv'), 3)
    const last = await ResultFile.open(place())
    expect(last.position).toEqual(at(2))
    await last.close()
    expect(await content()).toBe('the\n')
  })

  it('refuses the file of another sink: MR336', async () => {
    await wrote([['a\n', 1]])
    await expect(ResultFile.open(place({ owner: 'job/other' }))).rejects.toMatchObject({ code: 'MR336' })
    expect(await content()).toBe('a\n')
  })

  it.each(['a1', 'b2', undefined])('is not written by one that was replaced and goes on; journal of the other: %s', async journal => {
    const old = await ResultFile.open(place())
    await old.append({ text: 'a\n' }, at(1), 0)
    const successor = await ResultFile.open(place({ journal }))
    await successor.append({ text: 'another\n' }, at(2), 0)
    await successor.append({ text: 'c\n' }, at(3), 0)
    await expect(old.append({ text: 'b\n' }, at(2), 0)).rejects.toMatchObject({ code: 'MR336', action: 'stop' })
    await old.close()
    await successor.close()
    const last = await ResultFile.open(place({ journal }))
    expect([last.position, await content()]).toEqual([journal && at(3), 'a\nanother\nc\n'])
    await last.close()
  })

  it('asks to be opened anew where its position was removed', async () => {
    const file = await ResultFile.open(place())
    await file.append({ text: 'a\n' }, at(1), 0)
    await rm(join(folder, 'out.csv.position'))
    await expect(file.append({ text: 'b\n' }, at(2), 0)).rejects.toMatchObject({ code: 'MR335', action: 'back-off' })
    await file.close()
    await wrote([['b\n', 2]])
    const last = await ResultFile.open(place())
    expect([last.position, await content()]).toEqual([at(2), 'a\nb\n'])
    await last.close()
  })
})

describe('files that are put aside', () => {
  it('by size, with the header in each, and the newest are kept', async () => {
    await wrote(
      Array.from({ length: 10 }, (_, i) => [`row ${i}\n`, i + 1] as const),
      { rotateBytes: 12, keep: 2 },
      'h\n',
    )
    expect(await names()).toEqual(['out-000003.csv', 'out-000004.csv', 'out.csv'])
    expect([await content('out-000003.csv'), await content('out-000004.csv'), await content()]).toEqual([
      'h\nrow 4\nrow 5\n',
      'h\nrow 6\nrow 7\n',
      'h\nrow 8\nrow 9\n',
    ])
  })

  it('by the periods of the job clock', async () => {
    await wrote(
      [
        ['a\n', 1],
        ['b\n', 9],
        ['c\n', 10],
        ['d\n', 35],
      ],
      { rotateMs: 10_000 },
    )
    expect(await names()).toEqual(['out-000001.csv', 'out-000002.csv', 'out.csv'])
    expect([await content('out-000001.csv'), await content('out-000002.csv'), await content()]).toEqual(['a\nb\n', 'c\n', 'd\n'])
  })

  it('when the columns change', async () => {
    await wrote([['1\n', 1]], {}, 'x\n')
    await wrote([['1,2\n', 2]], {}, 'x,y\n')
    expect([await content('out-000001.csv'), await content()]).toEqual(['x\n1\n', 'x,y\n1,2\n'])
  })

  it('wherever a crash comes amid it: no row is lost, none is there twice', async () => {
    await wrote([['a\n', 1]])
    const side = await readFile(join(folder, 'out.csv.position'))
    // The file had been put aside, and the note of it was not made.
    await rename(join(folder, 'out.csv'), join(folder, 'out-000001.csv'))
    const first = await ResultFile.open(place())
    expect(first.position).toEqual(at(1))
    await first.close()
    // The note was made, and the first rows of the next file were written without their position.
    await writeFile(join(folder, 'out.csv'), 'b\n')
    const second = await ResultFile.open(place())
    expect([second.position, await content()]).toEqual([at(1), ''])
    await second.append({ text: 'b\n' }, at(2), 0)
    await second.close()
    expect([await content('out-000001.csv'), await content()]).toEqual(['a\n', 'b\n'])
    expect(side.length).toBe(2_048)
    await wrote([['c\n', 3]], { rotateBytes: 1 })
    expect(await names()).toEqual(['out-000001.csv', 'out-000002.csv', 'out.csv'])
  })
})

describe('a result file that somebody moves', () => {
  it('is begun anew', async () => {
    const file = await ResultFile.open(place())
    await file.append({ text: 'a\n' }, at(1), 0)
    await rename(join(folder, 'out.csv'), join(folder, 'taken'))
    await file.append({ text: 'b\n' }, at(2), 0)
    await file.close()
    expect([await content('taken'), await content()]).toEqual(['a\n', 'b\n'])
  })

  it('fails the write where another one stands in its place; opened again it goes on behind that', async () => {
    const file = await ResultFile.open(place())
    await file.append({ text: 'a\n' }, at(1), 0)
    await rm(join(folder, 'out.csv'))
    await writeFile(join(folder, 'out.csv'), 'theirs\n')
    await expect(file.append({ text: 'b\n' }, at(2), 0)).rejects.toMatchObject({ code: 'MR335' })
    await file.close()
    await wrote([['b\n', 2]])
    expect(await content()).toBe('theirs\nb\n')
  })
})
