import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { amqp } from '../../src/codecs/amqp-fixture.js'
import { convert, emit, reject } from '../../src/codecs/convert.js'
import { json } from '../../src/codecs/json.js'
import { value } from '../../src/codecs/value.js'
import { eventTime, integer, into, job, mapRows, oneOf, schema, timestamp, view } from '../../src/index.js'
import type { DeadLetter } from '../../src/model/api.js'
import { FakeSink } from '../runtime/fake-sink.js'
import { FakeSource } from '../runtime/fake-source.js'
import { running } from '../runtime/rig.js'

const Reading = schema({ n: integer(), state: oneOf('run', 'stop').nullable(), at: timestamp('epoch-ms').nullable() })
const Halved = schema({ half: integer() })
const map = (...pairs: [string, number[]][]): number[] =>
  amqp.value(amqp.map(...pairs.map(([key, item]): [number[], number[]] => [amqp.str(key), item])))

/** What is wrong with a message or the row that it becomes. Each comes with a sound one. */
const faults: readonly (readonly [code: string, fault: string, source: 'json' | 'value' | 'convert', message: number[]])[] = [
  ['MR156', 'a row without its time', 'json', amqp.data('{"n":2}')],
  ['MR162', 'a row that a function of the job makes wrong', 'json', amqp.data('{"n":3,"at":3}')],
  ['MR205', 'a text that is none of those listed', 'json', amqp.data('{"n":2,"at":3,"state":"runs"}')],
  ['MR210', 'JSON that nests too deep', 'json', amqp.data(`{"n":2,"at":3,"x":${'['.repeat(99)}${']'.repeat(99)}}`)],
  ['MR208', 'an integer that no double holds', 'value', map(['n', amqp.ulong(2n ** 53n)])],
  ['MR212', 'a map with a key and no value', 'value', amqp.value([0xc1, 2, 1, 0x40])],
  ['MR215', 'a key that is there twice', 'value', map(['n', amqp.int(1)], ['n', amqp.int(2)])],
  ['MR213', 'what the job itself rejects', 'convert', amqp.data('no')],
  ['MR214', 'what the converter fails at', 'convert', amqp.data('throw')],
]
const sound = { json: amqp.data('{"n":2,"at":5}'), value: map(['n', amqp.int(2)]), convert: amqp.data('2') }

describe('a bad message is a dead letter with its code, alone', () => {
  const sources = { json: new FakeSource(), value: new FakeSource(), convert: new FakeSource() }
  const converter = convert(Reading, message => {
    if (message.bodyText() === 'no') return reject('no good')
    if (message.bodyText() === 'throw') throw new RangeError('broken')
    return emit({ n: Number(message.bodyText()) })
  })
  const faulty = job('faulty', ({ read }) => [
    read('json', sources.json.spec(json(Reading))).pipe(
      eventTime(r => r.at, { outOfOrderness: '1s' }),
      mapRows('halved', Halved, r => ({ half: r.n / 2 })),
      into(view('halves')),
    ),
    read('value', sources.value.spec(value(Reading))).pipe(into(view('values'))),
    read('convert', sources.convert.spec(converter)).pipe(into(view('converted'))),
  ])
  let run: Awaited<ReturnType<typeof running>>
  let letters: readonly DeadLetter[]

  beforeAll(async () => {
    for (const source of Object.values(sources)) source.encoding = 'amqp'
    run = await running([{ source: sources.json, sink: new FakeSink(), job: faulty }])
    for (const [, , source, message] of faults) sources[source].send(Uint8Array.from(message), Uint8Array.from(sound[source]))
    while (run.counts().received < 2 * faults.length) await run.time.advance(100)
    letters = run.host.deadLetters({})
  })
  afterAll(() => run.jobs.stop())

  it.each(faults)('%s: %s', (code, _, source) => {
    expect(letters.filter(letter => letter.code === code)).toMatchObject([
      { source, reason: expect.stringMatching(/.{10,}|no good/) as string },
    ])
  })

  it('and nothing else is', () => {
    expect(letters).toHaveLength(faults.length)
    expect(run.counts()).toMatchObject({ received: 2 * faults.length, deadLettered: faults.length })
  })
})
