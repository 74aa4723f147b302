import fc from 'fast-check'
import { expect, test } from 'vitest'
import { json } from '../../src/codecs/json.js'
import type { OutputBatch, SinkWriter } from '../../src/connector/sink.js'
import { job } from '../../src/job/job.js'
import { openJournal } from '../../src/journal/open-journal.js'
import { number, schema } from '../../src/model/fields.js'
import { into } from '../../src/operators/into.js'
import { outputRows } from '../../src/runtime/flow/output-rows.js'
import type { JobFactories } from '../../src/runtime/job-factories.js'
import { virtualTime } from '../../src/runtime/seams/virtual-time.js'
import { FakeSink } from '../runtime/fake-sink.js'
import { FakeSource } from '../runtime/fake-source.js'
import { type Rig, running, start } from '../runtime/rig.js'
import { folder } from './replay-rig.js'

const Reading = schema({ n: number() })

/** Rows without a window; the sink takes so many outputs, and not a word comes of the next one. */
function rows(takes: number): Rig {
  const source = new FakeSource()
  const sink = new FakeSink()
  const spec = sink.spec('out')
  let left = takes
  const slow = {
    ...spec,
    open: async (context: Parameters<typeof spec.open>[0]): Promise<SinkWriter> => {
      const writer = await spec.open(context)
      return { ...writer, write: (...output) => (left-- > 0 ? writer.write(...output) : new Promise(() => undefined)) }
    },
  }
  return { source, sink, job: job('plain', ({ read }) => [read('in', source.spec(json(Reading))).pipe(into(slow))]) }
}

function cut(output: OutputBatch, lengths: readonly number[]): readonly OutputBatch[] {
  const parts: OutputBatch[] = []
  for (let from = 0; from < output.length; ) {
    const to = Math.min(output.length, from + lengths[parts.length % lengths.length]!)
    parts.push(outputRows(output, from, to))
    from = to
  }
  return parts
}

/** A release that gave the rows of an entry to their sink batch by batch, and noted, or not, how many of them were acknowledged. */
const earlier = (lengths: readonly number[], counts: boolean): Partial<JobFactories> => ({
  graph(graph) {
    const end = graph.end.bind(graph)
    graph.end = () => {
      const ended = end()
      return { ...ended, outputs: ended.outputs.flatMap(output => cut(output, lengths)) }
    }
    return graph
  },
  async openJournal(options) {
    const journal = await openJournal(options)
    const note = journal.note.bind(journal)
    journal.note = (item, onDurable) => {
      if (counts || item.kind !== 'acknowledged') note(item, onDurable)
      else note({ kind: 'acknowledged', sink: item.sink, position: item.position }, onDurable)
    }
    return journal
  },
})

test('what a sink held of an entry when an earlier release was killed is not lost, and not sent again as far as notes tell', async () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 1_500 }), { minLength: 1, maxLength: 5 })
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 3_000 }), lengths, fc.nat(8), fc.boolean(), async (length, cuts, takes, counts) => {
      const data = folder()
      const before = rows(takes)
      const first = await running([before], { ...data, factories: earlier(cuts, counts) })
      before.source.send(...Array.from({ length }, (_, n) => ({ n })))
      await first.time.advance(50)
      const left = { ...data, disk: data.disk.copy() }
      const had = before.sink.ids.length
      const stopped = first.jobs.stop(1)
      await first.time.advance(50)
      await stopped

      const after = rows(Number.POSITIVE_INFINITY)
      const second = await running([after], { ...left, time: virtualTime(start + 1_000) })
      await second.time.advance(50)
      await second.jobs.stop()
      const numbers = after.sink.rows.map(({ n }) => n as number)
      const from = numbers[0] ?? length
      // In order, without a gap, up to the last.
      expect(numbers).toEqual(Array.from({ length: length - from }, (_, i) => from + i))
      // Without their number only the first row of the last batch that was acknowledged was noted.
      const last = before.sink.positions.at(-1)
      expect(from).toBe(counts || !last ? had : last.ordinal + 1)
    }),
    { numRuns: 25 },
  )
})
