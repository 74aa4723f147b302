import { describe, expect, it } from 'vitest'
import { integer, number, schema, timestamp } from '../model/fields.js'
import { amqp, bodies, chunkOf } from './amqp-fixture.js'
import { convert, emit, reject, skip } from './convert.js'
import type { Message } from './message.js'
import { raw } from './raw.js'
import { rowsOf } from './rows-fixture.js'
import { sparkBody, sparkJson } from './spark.js'

const S = schema({ celsius: number({ unit: '°C' }), at: timestamp().nullable() })

describe('convert', () => {
  it('has three outcomes, and a throwing converter costs its own message', () => {
    const decode = convert(S, message => {
      const body = message.bodyText()
      if (body === 'skip') return skip()
      if (body === 'no') return reject('no good')
      if (body === 'throw') throw new RangeError('broken')
      return emit({ celsius: Number(body), at: 5 })
    })
    const { rows, rejected, skipped, messages } = rowsOf(
      decode,
      chunkOf(['1', 'skip', 'no', 'throw', 'hot', '2'].map(body => amqp.data(body))),
    )
    expect(rows).toEqual([
      { celsius: 1, at: 5 },
      { celsius: 2, at: 5 },
    ])
    expect(messages).toEqual([0, 5])
    expect(skipped).toBe(1)
    expect(rejected).toMatchObject([
      { message: 2, code: 'MR213', reason: 'no good' },
      { message: 3, code: 'MR214', reason: 'the converter threw RangeError: broken' },
      { message: 4, code: 'MR204' },
    ])
    expect(rejected.map(({ stack }) => stack?.includes('convert.test.ts'))).toEqual([undefined, true, undefined])
    expect(decode.opaque).toBe(true)
  })

  it('rejects rows that do not fit, and answers that are none', () => {
    const answers: unknown[] = [emit({ celsius: '1' } as never), emit({} as never), undefined, { kind: 'emit' }, 7]
    let next = 0
    const { rejected } = rowsOf(
      convert(S, () => answers[next++] as never),
      bodies('', '', '', '', ''),
    )
    expect(rejected.map(({ code }) => code)).toEqual(['MR203', 'MR202', 'MR214', 'MR214', 'MR214'])
  })

  it('shows all sections, decoded on demand', () => {
    const seen: Record<string, unknown>[] = []
    const decode = convert(schema({ n: integer() }), (message: Message) => {
      const { bodyKind, body, properties, applicationProperties, annotations, header } = message
      seen.push({
        bodyKind,
        body,
        properties: { ...properties },
        applicationProperties: { ...applicationProperties },
        annotations: { ...annotations },
        header: { ...header },
      })
      return skip()
    })
    const message = [
      ...amqp.section(0x70, amqp.list(amqp.true)),
      ...amqp.section(0x72, amqp.map([amqp.sym('x-opt-a'), amqp.int(1)])),
      ...amqp.properties({ 'message-id': amqp.ulong(2n ** 60n), subject: amqp.str('s'), 'creation-time': amqp.timestamp(3) }),
      ...amqp.applicationProperties({ __proto__x: amqp.sym('y') }),
      ...amqp.section(0x76, amqp.list(amqp.int(1), amqp.bin([1, 2]))),
      ...amqp.section(0x76, amqp.list(amqp.list(), [0xe0, 4, 2, 0x54, 5, 6])),
    ]
    rowsOf(decode, chunkOf([message]))
    expect(seen).toEqual([
      {
        bodyKind: 'sequence',
        body: [1, new Uint8Array([1, 2]), [], [5, 6]],
        properties: { 'message-id': 2n ** 60n, subject: 's', 'creation-time': new Date(3) },
        applicationProperties: { __proto__x: 'y' },
        annotations: { 'x-opt-a': 1 },
        header: { durable: true, priority: 4, 'first-acquirer': false, 'delivery-count': 0 },
      },
    ])
  })

  it('a faulty body that is asked for rejects the message with its own code', () => {
    const decode = convert(S, message => emit({ celsius: message.json() as number }))
    const { rejected } = rowsOf(decode, chunkOf([amqp.data('{'), amqp.value(amqp.int(1)), amqp.data('\uFEFF1')]))
    expect(rejected.map(({ code }) => code)).toEqual(['MR201', 'MR209', 'MR201'])
  })
})

describe('raw', () => {
  it('gives the octets as Base64 with the properties', () => {
    const message = [...amqp.properties({ 'message-id': amqp.ulong(9n), 'content-type': amqp.sym('a/b') }), ...amqp.data('\u0001ÿ')]
    expect(rowsOf(raw(), chunkOf([message, amqp.value(amqp.bin([255]))])).rows).toEqual([
      { body: 'AcO/', content_type: 'a/b', message_id: '9', subject: null },
      { body: '/w==', content_type: null, message_id: null, subject: null },
    ])
  })
})

describe('the converters of the AMQP–Spark connector', () => {
  it('sparkBody gives values, and nothing for other sections', () => {
    const { rows, skipped, rejected } = rowsOf(
      sparkBody(),
      chunkOf([
        amqp.value(amqp.str('23')),
        amqp.data('23'),
        amqp.value(amqp.int(7)),
        amqp.section(0x76, amqp.list()),
        amqp.value(amqp.list(amqp.int(1), amqp.str('a'))),
        [],
        amqp.value(amqp.null),
      ]),
    )
    expect(rows.map(row => row['body'])).toEqual(['23', '7', '[1,"a"]'])
    expect(skipped).toBe(3)
    expect(rejected).toMatchObject([{ message: 6, code: 'MR213' }])
  })

  it('sparkJson gives the documented shape in the documented order', () => {
    const full = [
      ...amqp.section(0x72, amqp.map([amqp.sym('x-opt-n'), amqp.int(1)])),
      ...amqp.properties({ 'message-id': amqp.ulong(5n), to: amqp.str('q'), 'content-type': amqp.sym('t') }),
      ...amqp.applicationProperties({ n: amqp.int(4), ok: amqp.true, none: amqp.null }),
      ...amqp.data('23'),
    ]
    const map = amqp.value(
      amqp.map([amqp.str('a'), amqp.list(amqp.int(1), amqp.ulong(2n ** 60n), amqp.timestamp(0), amqp.bin([1]), amqp.double(Number.NaN))]),
    )
    const { rows } = rowsOf(sparkJson(), chunkOf([full, map, amqp.section(0x76, amqp.list(amqp.int(1))), [], amqp.value(amqp.true)]))
    expect(rows.map(row => row['json'])).toEqual([
      '{"properties":{"messageId":"5","to":"q"},"applicationProperties":{"n":"4","ok":"true","none":null},"messageAnnotations":{"x-opt-n":"1"},"body":{"type":"data","section":"MjM="}}',
      '{"properties":{},"body":{"type":"amqpValue","section":{"a":[1,"1152921504606846976","1970-01-01T00:00:00.000Z","AQ==","NaN"]}}}',
      '{"properties":{},"body":{}}',
      '{"properties":{}}',
      '{"properties":{},"body":{"type":"amqpValue","section":true}}',
    ])
  })
})
