import { describe, expect, test } from 'vitest'
import { amqp, amqpSink, messageId } from '../../connectors/amqp/index.js'
import { consoleSink } from '../../connectors/console/index.js'
import { bodyId, file, fileSink, json } from '../../connectors/file/index.js'
import type { SinkSpec } from '../../src/connector/sink.js'
import type { SourceSpec } from '../../src/connector/source.js'
import { guaranteeOf } from '../../src/job/guarantee.js'
import { job } from '../../src/job/job.js'
import { number, schema } from '../../src/model/fields.js'
import { into } from '../../src/operators/into.js'
import { view } from '../../src/views/view-sink.js'

const decode = json(schema({ celsius: number() }))
type Row = { celsius: number }

const sources = {
  file: file({ path: 'a.ndjson', decode }),
  'followed file': file({ path: 'a.ndjson', follow: true, decode }),
  'files with ids': file({ path: '*.ndjson', id: bodyId('id'), decode }),
  'queue with ids': amqp({ address: 'telemetry', id: messageId(), decode }),
  'queue without': amqp({ address: 'telemetry', decode }),
} satisfies Record<string, SourceSpec<Row>>

const sinks = {
  view: view('out'),
  fileSink: fileSink<Row>('out', { path: 'out.ndjson' }),
  amqpSink: amqpSink<Row>('out', { address: 'results', idCacheSize: 20_000 }),
  consoleSink: consoleSink<Row>('out'),
} satisfies Record<string, SinkSpec<Row>>

const guarantee = (source: keyof typeof sources, sink: keyof typeof sinks, journal = true) =>
  guaranteeOf(
    job('copy', ({ read }) => [read('rows', sources[source] as SourceSpec<Row>).pipe(into(sinks[sink] as SinkSpec<Row>))]).start({
      bounded: false,
    }),
    { journal, remembered: { ids: 1_000_000, ms: 600_000 } },
  )

/** E exactly, L at least once, N no guarantee, in the order of the sinks. */
const expected: Readonly<Record<keyof typeof sources, string>> = {
  file: 'EEEN',
  'followed file': 'EEEN',
  'files with ids': 'EEEN',
  'queue with ids': 'EEEN',
  'queue without': 'LLLN',
}
const levels = { E: 'exactly-once', L: 'at-least-once', N: 'none' } as const
const cases = Object.entries(expected).flatMap(([source, letters]) =>
  Object.keys(sinks).map((sink, i) => ({ source, sink, level: levels[letters[i] as 'E' | 'L' | 'N'] })),
) as { source: keyof typeof sources; sink: keyof typeof sinks; level: string }[]

describe('the guarantee of files and the console', () => {
  test.each(cases)('$source to $sink: $level', ({ source, sink, level }) => {
    expect(guarantee(source, sink).level).toBe(level)
    expect(guarantee(source, sink, false).level).toBe('none')
  })

  test('says on what it rests', () => {
    expect(guarantee('followed file', 'fileSink')).toMatchObject({
      label: 'exactly once',
      why: [
        expect.stringContaining('is in the journal'),
        "'rows' is a log: it is read on from the place that the journal names",
        "'rows': lines of a file that is removed, or cut, before they were read are gone",
        "'out' commits rows and position in one transaction, and tells after a crash which rows it holds",
      ],
    })
    expect(guarantee('file', 'consoleSink').label).toBe("no guarantee: results of 'out' may be lost, and others repeat")
  })
})
