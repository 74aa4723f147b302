import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { lineOfLetter } from '../runtime/letters/kept-letters.js'
import { deadLettersAtRest, jobFolders } from './dead-letters-at-rest.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-at-rest-'))
})
afterAll(() => rm(folder, { recursive: true }))

const bytes = new TextEncoder().encode('x')
const letter = (id: string, code: string, at: number) => ({
  ...{ id, job: 'j', source: 's', code, reason: 'why', at, sample: 'x', size: 1, retryable: true },
})

test('the newest that fit are listed, those that were retried marked so, and whether there are more is said', async () => {
  const codes = fc.constantFrom('MR201', 'MR203')
  const letters = fc.array(fc.record({ code: codes, isRetried: fc.boolean() }), { maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(letters, fc.option(codes, { nil: undefined }), fc.integer({ min: 1, max: 15 }), async (all, code, limit) => {
      const written = all.map((one, i) => ({ ...one, letter: letter(`j.o.${i}.0`, one.code, i) }))
      const marks = written.filter(({ isRetried }) => isRetried)
      const lines = [
        ...written.map(one => lineOfLetter({ letter: one.letter, bytes })),
        ...marks.map(one =>
          lineOfLetter({ letter: { ...one.letter, retryable: false, retriedAt: 99 }, bytes: new Uint8Array(0), retriedIn: 'j.o.50' }),
        ),
      ]
      await writeFile(join(folder, 'dead-letters.ndjson'), lines.join(''))
      const store = deadLettersAtRest([folder])
      const wanted = written.filter(one => code === undefined || one.code === code).reverse()
      const found = await store.list({ limit, ...(code !== undefined && { code }) })
      expect(found.more).toBe(wanted.length > limit)
      expect(found.letters.map(({ id, retriedAt }) => [id, retriedAt])).toEqual(
        wanted.slice(0, limit).map(one => [one.letter.id, one.isRetried ? 99 : undefined]),
      )
      for (const one of written) {
        const shown = await store.find(one.letter.id)
        expect([shown.bytes.length, shown.letter.retryable]).toEqual([1, !one.isRetried])
      }
      await expect(store.find('nobody')).rejects.toMatchObject({ code: 'MR510' })
    }),
    { numRuns: 40 },
  )
})

test('a folder of a job, or the one above several; otherwise it is said that there is none', async () => {
  const above = join(folder, 'above')
  for (const name of ['one/journal', 'two/journal', 'neither/journals', '.hidden/journal'])
    await mkdir(join(above, name), { recursive: true })
  expect(jobFolders(above)).toEqual([join(above, 'one'), join(above, 'two')])
  expect(jobFolders(join(above, 'one'))).toEqual([join(above, 'one')])
  for (const none of [join(above, 'neither'), join(above, 'nowhere')]) {
    expect(() => jobFolders(none)).toThrow(expect.objectContaining({ code: 'MR479' }))
  }
})
