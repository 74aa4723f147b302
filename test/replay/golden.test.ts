import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { resultsNdjson } from '../../src/cli/results-ndjson.js'
import { memoryDisk } from '../../src/journal/memory-disk-fixture.js'
import { virtualTime } from '../../src/runtime/seams/virtual-time.js'
import { reading, rig, running, start } from '../runtime/rig.js'
import { folder, lived, replayed } from './replay-rig.js'

const ids = { from: 'body', path: ['id'] } as const
const path = new URL('golden/folder-0.1.0.json', import.meta.url)

/** A data folder as a killed process of that release left it: a snapshot amid the journal, open windows, a tail. */
interface Golden {
  /** Base64, by path. */
  readonly files: Readonly<Record<string, string>>
  /** What it had put out. */
  readonly results: string
  /** What it put out when it was started again and `rest` came. */
  readonly afterwards: string
}

const rest = (source: ReturnType<typeof rig>['source']) => async (time: { advance(ms: number): Promise<void> }) => {
  // '5' was counted before the kill.
  source.send(reading(start + 6_600, 2, 'a', '5'), reading(start + 12_000, 6, 'b', '8'), reading(start + 17_500, 1, 'a', '9'))
  await time.advance(500)
}

/** `MILLRACE_RECORD=1` makes the file, once a release: a file that later code wrote anew would prove nothing. */
async function record(): Promise<Golden> {
  const data = folder()
  const { source, job, sink } = rig('climate', ids)
  let results = ''
  const { time, jobs } = await running([{ source, job, sink }], {
    ...data,
    tuning: { snapshotEntries: 3 },
    onOutput: output => {
      results += resultsNdjson(output)
    },
  })
  source.send(reading(start + 100, 1, 'a', '1'), reading(start + 200, 4, 'b', '2'), 'no reading')
  await time.advance(500)
  source.send(reading(start + 4_900, 9, 'a', '3'), reading(start + 6_500, 3, 'b', '4'))
  await time.advance(500)
  source.send(reading(start + 6_600, 2, 'a', '5'), reading(start + 6_500, 3, 'b', '4'), reading(start + 200, 7, 'a', '6'))
  await time.advance(1_500)
  const { disk } = data
  const files = Object.fromEntries([...disk.files].map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')]))
  await jobs.stop()
  const again = rig('climate', ids)
  return { files, results, afterwards: await lived(opened(files), again, rest(again.source), { at: start + 10_000 }) }
}

const opened = (files: Golden['files']) => ({
  ...folder(),
  disk: memoryDisk(new Map(Object.entries(files).map(([name, text]) => [name, new Uint8Array(Buffer.from(text, 'base64'))]))),
})

if (process.env['MILLRACE_RECORD'] === '1') writeFileSync(path, `${JSON.stringify(await record(), undefined, 2)}\n`)
const golden = JSON.parse(readFileSync(path, 'utf8')) as Golden

test('the journal of release 0.1.0 is read, and gives what it gave then, to the byte', async () => {
  const { text, letters, summary } = await replayed(opened(golden.files), rig('climate', ids).job)
  expect(text).toBe(golden.results)
  expect(letters).toEqual(['2 MR201'])
  expect(summary.counts).toMatchObject({ received: 8, duplicate: 1, late: 1, deadLettered: 1 })
})

test('a start goes on from the snapshot of release 0.1.0, its ids and its tail', async () => {
  const names = Object.keys(golden.files)
  expect(names.filter(name => name.endsWith('.snapshot')).length).toBeGreaterThan(0)
  expect(names.filter(name => name.endsWith('.side')).length).toBeGreaterThan(0)
  const again = rig('climate', ids)
  const { log, jobs } = await running([again], { ...opened(golden.files), time: virtualTime(start + 10_000) })
  expect(log.lines.map(({ message }) => message)).toContainEqual(
    expect.stringMatching(/^recovered from the snapshot behind entry 3 and [1-9]\d* entr/),
  )
  await jobs.stop()
  const once = rig('climate', ids)
  expect(await lived(opened(golden.files), once, rest(once.source), { at: start + 10_000 })).toBe(golden.afterwards)
})
