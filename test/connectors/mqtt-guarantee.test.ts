import { describe, expect, test } from 'vitest'
import { amqpSink } from '../../connectors/amqp/index.js'
import { bodyId, json, mqtt, mqttSink, userPropertyId } from '../../connectors/mqtt/index.js'
import type { SinkSpec } from '../../src/connector/sink.js'
import type { SourceLoss, SourceSpec } from '../../src/connector/source.js'
import { guaranteeOf } from '../../src/job/guarantee.js'
import { job } from '../../src/job/job.js'
import { number, schema } from '../../src/model/fields.js'
import { into } from '../../src/operators/into.js'
import { view } from '../../src/views/view-sink.js'

const decode = json(schema({ celsius: number() }))
const topic = 'rooms/+'
type Row = { celsius: number }

const sources = {
  'QoS 1': mqtt({ topic, decode }),
  'QoS 1 with ids': mqtt({ topic, decode, id: bodyId('id') }),
  'QoS 2': mqtt({ topic, decode, qos: 2 }),
  'QoS 2 with ids': mqtt({ topic, decode, qos: 2, id: userPropertyId('id') }),
  'QoS 2 of 3.1.1 with ids': mqtt({ topic, decode, qos: 2, version: 4, id: bodyId('id') }),
  'QoS 0': mqtt({ topic, decode, qos: 0 }),
  'QoS 0 with ids': mqtt({ topic, decode, qos: 0, id: bodyId('id') }),
  'a clean session': mqtt({ topic, decode, clean: true }),
  'a clean session with ids': mqtt({ topic, decode, clean: true, id: bodyId('id') }),
  'a share with ids': mqtt({ topic, decode, share: 'g', clientId: 'one', id: bodyId('id') }),
  'a share of clean sessions with ids': mqtt({ topic, decode, share: 'g', clean: true, id: bodyId('id') }),
} satisfies Record<string, SourceSpec<Row>>

const sinks = {
  view: view('out'),
  amqpSink: amqpSink<Row>('out', { address: 'results', idCacheSize: 20_000 }),
  'mqttSink, QoS 1': mqttSink<Row>('out', { topic: 'out' }),
  'mqttSink, QoS 2': mqttSink<Row>('out', { topic: 'out', qos: 2 }),
  'mqttSink, QoS 0': mqttSink<Row>('out', { topic: 'out', qos: 0 }),
} satisfies Record<string, SinkSpec<Row>>

interface Known {
  readonly journal?: boolean
  readonly presettled?: number
  readonly lost?: SourceLoss
}

const guarantee = (source: keyof typeof sources, sink: keyof typeof sinks, options: Known = {}) =>
  guaranteeOf(
    job('copy', ({ read }) => [read('rows', sources[source] as SourceSpec<Row>).pipe(into(sinks[sink] as SinkSpec<Row>))]).start({
      bounded: false,
    }),
    {
      journal: options.journal ?? true,
      remembered: { ids: 1_000_000, ms: 600_000 },
      presettled: new Map([['rows', options.presettled ?? 0]]),
      lost: new Map(options.lost ? [['rows', options.lost]] : []),
    },
  )

/** E exactly, L at least, M at most once, N none of them, in the order of the sinks. */
const expected: Readonly<Record<keyof typeof sources, string>> = {
  'QoS 1': 'LLLLN',
  'QoS 1 with ids': 'EELLN',
  'QoS 2': 'LLLLN',
  'QoS 2 with ids': 'EELLN',
  'QoS 2 of 3.1.1 with ids': 'EELLN',
  'QoS 0': 'NNNNN',
  'QoS 0 with ids': 'MMNNN',
  'a clean session': 'NNNNN',
  'a clean session with ids': 'MMNNN',
  'a share with ids': 'LLLLN',
  'a share of clean sessions with ids': 'NNNNN',
}
const levels: Readonly<Record<string, string>> = { E: 'exactly-once', L: 'at-least-once', M: 'at-most-once', N: 'none' }
const cases = Object.entries(expected).flatMap(([source, letters]) =>
  Object.keys(sinks).map((sink, i) => ({ source, sink, level: levels[letters[i]!]! })),
) as { source: keyof typeof sources; sink: keyof typeof sinks; level: string }[]

describe('the guarantee of MQTT', () => {
  test.each(cases)('$source to $sink: $level', ({ source, sink, level }) => {
    expect(guarantee(source, sink).level).toBe(level)
    expect(guarantee(source, sink, { journal: false }).level).toBe('none')
  })

  test('says on what it rests', () => {
    expect(guarantee('QoS 1 with ids', 'view')).toMatchObject({
      label: 'exactly once within 1,000,000 ids or 10 minutes',
      why: expect.arrayContaining([
        "what a sender of 'rows' settles before it arrives counts at most once",
        expect.stringContaining('comes again is known by its id `id`'),
        expect.stringContaining('the broker keeps the session of a client that is away'),
      ]),
    })
    expect(guarantee('QoS 0 with ids', 'view').label).toBe("at most once: what is sent to 'rows' while the job is away is lost")
  })

  test('falls when the broker has lost a session, with the time and how often', () => {
    const lost = (times: number): SourceLoss => ({ times, at: Date.UTC(2026, 2, 1, 8) })
    const words = "what the peer of 'rows' kept for it was lost there, noticed at 2026-03-01T08:00:00.000Z"
    const once = guarantee('QoS 1 with ids', 'view', { lost: lost(1) })
    expect(once).toMatchObject({ level: 'at-most-once', label: `at most once: ${words}` })
    expect(once.why[0]).toBe(`${words}: messages sent before may be missing from the results`)
    expect(guarantee('QoS 1 with ids', 'view', { lost: lost(12) }).why[0]).toContain(', 12 times so far: messages')
    // Where rows may be repeated besides, nothing is promised.
    expect(guarantee('QoS 1', 'view', { lost: lost(1) }).level).toBe('none')
    expect(guarantee('QoS 1 with ids', 'view').level).toBe('exactly-once')
  })

  test('falls when senders turn out to publish with QoS 0', () => {
    expect(guarantee('QoS 1 with ids', 'view', { presettled: 3 })).toMatchObject({
      level: 'at-most-once',
      label: "at most once: some messages of 'rows' were settled before they arrived",
    })
  })
})
