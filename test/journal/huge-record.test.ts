import { expect, it } from 'vitest'
import { allOf, chunkEntry, openedJournal } from '../../src/journal/journal-fixture.js'
import { memoryDisk } from '../../src/journal/memory-disk-fixture.js'

it('takes a message of 100 MB among small ones, also into several segments, and reads all of them back', async () => {
  const disk = memoryDisk()
  const { journal } = await openedJournal(disk, { segmentBytes: 2 ** 20 })
  const huge = 'x'.repeat(100_000_000)
  for (const text of ['before', huge, 'after', '']) {
    journal.append(chunkEntry(journal.last + 1, [text]))
    await journal.flush()
  }
  await journal.close()
  const again = await openedJournal(disk.copy())
  const found = (await allOf(again.journal)) as { readonly texts: readonly string[] }[]
  expect(found.map(({ texts }) => texts[0]!.length)).toEqual([6, 100_000_000, 5, 0])
  expect(found[1]!.texts[0] === huge).toBe(true)
  await again.journal.close()
})
