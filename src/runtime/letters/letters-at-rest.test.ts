import fc from 'fast-check'
import { expect, test } from 'vitest'
import { memoryDisk } from '../../journal/memory-disk-fixture.js'
import type { Disk } from '../../model/disk.js'
import { type KeptLetter, lineOfLetter } from './kept-letters.js'
import { lettersAtRest } from './letters-at-rest.js'

const letter = (id: string, size: number) => ({
  letter: { id, job: 'j', source: 's', code: 'MR201', reason: 'why', at: 1, sample: 'x', size },
  bytes: new Uint8Array(size).fill(10),
})

async function written(files: Readonly<Record<string, string>>) {
  const disk = memoryDisk()
  await disk.makeFolder('data')
  for (const [name, text] of Object.entries(files)) {
    const file = await disk.create(`data/${name}`)
    await file.write(new TextEncoder().encode(text), 0)
    await file.sync()
    await file.close()
  }
  return disk
}

async function lettersOf(disk: Disk): Promise<readonly KeptLetter[]> {
  const found: KeptLetter[] = []
  for await (const kept of lettersAtRest(disk, 'data')) found.push(kept)
  return found
}

test('letters are read oldest first, over a rotation, without lines that are torn or damaged', async () => {
  const sizes = fc.array(fc.oneof(fc.nat(200), fc.constant(800_000)), { maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(sizes, sizes, fc.boolean(), async (older, newer, isTorn) => {
      const [first, second] = [older, newer].map((each, i) => each.map((size, n) => letter(`j.o.${i}${n}`, size)))
      const disk = await written({
        'dead-letters.1.ndjson': `${first!.map(lineOfLetter).join('')}not a letter\n`,
        'dead-letters.ndjson': second!.map(lineOfLetter).join('') + (isTorn ? '{"id":"torn' : ''),
      })
      const found = await lettersOf(disk)
      expect(found.map(({ letter: { id }, bytes }) => [id, bytes.length])).toEqual(
        [...first!, ...second!].map(one => [one.letter.id, one.bytes.length]),
      )
    }),
    { numRuns: 6 },
  )
})

test('a rotation while the files are opened hides no letter and repeats none', async () => {
  const text = (...ids: string[]) => ids.map(id => lineOfLetter(letter(id, 10))).join('')
  const current = 'data/dead-letters.ndjson'
  // Before the first, the second … of the opens.
  for (let moment = 0; moment <= 3; moment++) {
    const disk = await written({ 'dead-letters.1.ndjson': text('a'), 'dead-letters.ndjson': text('b') })
    let opens = 0
    const rotating: Disk = {
      ...disk,
      open: async (path, how) => {
        if (opens++ === moment) {
          await disk.rename(current, 'data/dead-letters.1.ndjson')
          const file = await disk.create(current)
          await file.write(new TextEncoder().encode(text('c')), 0)
          await file.close()
        }
        return disk.open(path, how)
      },
    }
    const found = (await lettersOf(rotating)).map(({ letter: { id } }) => id)
    // What was newer at the beginning is there, once, and what came before it or after it at most once, in order.
    expect(found).toEqual(moment < 2 ? ['b', 'c'] : ['a', 'b'])
  }
})

test('a folder without letters has none', async () => {
  expect(await lettersOf(memoryDisk())).toEqual([])
})
