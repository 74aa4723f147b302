import { expect, test } from 'vitest'
import { count } from '../../src/aggregates/count.js'
import { resultsNdjson } from '../../src/cli/results-ndjson.js'
import { json } from '../../src/codecs/json.js'
import { job } from '../../src/job/job.js'
import { aggregate } from '../../src/operators/aggregate.js'
import { eventTime } from '../../src/operators/event-time.js'
import { into } from '../../src/operators/into.js'
import { merge } from '../../src/operators/merge.js'
import { keptSnapshots } from '../../src/runtime/replay/replay-start.js'
import { virtualTime } from '../../src/runtime/seams/virtual-time.js'
import { tumbling } from '../../src/windows/tumbling.js'
import { FakeSink } from '../runtime/fake-sink.js'
import { FakeSource } from '../runtime/fake-source.js'
import { Reading, reading, running, start } from '../runtime/rig.js'
import { type Folder, folder, replayed } from './replay-rig.js'

/** Two sources, one of them often silent, joined under one window. */
function joined(size: '5s' | '10s' = '5s') {
  const sources = { north: new FakeSource(), south: new FakeSource() }
  const sink = new FakeSink()
  const made = job('climate', ({ read }) => {
    const [north, south] = (['north', 'south'] as const).map(id =>
      read(id, sources[id].spec(json(Reading))).pipe(eventTime(r => r.at, { outOfOrderness: '1s', closeWhenQuiet: false })),
    )
    const all = merge('all', north!, south!).pipe(aggregate('sums', { by: r => ({ room: r.room }), over: tumbling(size) }, { n: count() }))
    return [all.pipe(into(sink.spec('out')))]
  })
  return { sources, sink, job: made }
}

/** Three quarters of a minute of readings, with a snapshot every few entries and a journal kept no longer than that. */
async function trimmed(data: Folder): Promise<string> {
  let text = ''
  const { sources, sink, job: made } = joined()
  const tuning = { snapshotEntries: 24, segmentBytes: 5_000, retentionBytes: 30_000 }
  const time = virtualTime(start)
  const { jobs } = await running([{ source: sources.north, sink, job: made }], {
    ...data,
    time,
    tuning,
    onOutput: output => {
      text += resultsNdjson(output)
    },
  })
  for (let second = 0; second < 48; second++) {
    sources.north.send(reading(start + second * 1_000, 20, 'a'), reading(start + second * 1_000 + 10, 20, 'b'))
    await time.advance(400)
    // South speaks for all the time that it was silent, and in order.
    if (second % 6 === 5) sources.south.send(...[5, 4, 3, 2, 1, 0].map(ago => reading(start + (second - ago) * 1_000 + 20, 20, 'a')))
    await time.advance(600)
  }
  await jobs.stop()
  return text
}

test('where the beginning is trimmed away, a stretch begins from a snapshot and gives what came then', async () => {
  const data = folder()
  const live = await trimmed(data)
  const older = (await keptSnapshots(data.disk, data.dataDir)).at(-1)!
  const { text, summary } = await replayed(data, joined().job, { from: { entry: older.entry + 1 } })
  expect(summary.beginning).toEqual({ from: 'snapshot', entry: older.entry })
  expect(text).not.toBe('')
  expect(live.endsWith(text)).toBe(true)
})

test('one that begins afresh there names all partitions first: no row is late for a source that had not spoken yet', async () => {
  const data = folder()
  await trimmed(data)
  const { summary } = await replayed(data, joined().job)
  expect(summary).toMatchObject({ beginning: { from: 'fresh', whole: false } })
  expect(summary.first).toBeGreaterThan(1)
  // Another window: no snapshot fits. South is about to tell of a window that north is past.
  const from = start + 35_500
  expect(summary.began).toBeLessThan(from)
  const other = await replayed(data, joined('10s').job, { from: { time: from } })
  expect(other.summary).toMatchObject({ beginning: { from: 'fresh', whole: false }, counts: { late: 0 } })
  expect(other.text).not.toBe('')
})

test('a segment that retention removes while it is still to be read is told as that, not as damage', async () => {
  const data = folder()
  await trimmed(data)
  const segments = [...data.disk.files.keys()].filter(path => path.endsWith('.seg')).sort()
  expect(segments.length).toBeGreaterThan(2)
  // The beginning was found, and the second one goes as it is opened to be read.
  let opened = 0
  const open: typeof data.disk.open = async (path, how) => {
    if (path === segments[1] && ++opened > 3) throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
    return data.disk.open(path, how)
  }
  await expect(replayed({ ...data, disk: { ...data.disk, open } }, joined().job)).rejects.toMatchObject({
    code: 'MR462',
    message: expect.stringContaining('retention removed'),
  })
})
