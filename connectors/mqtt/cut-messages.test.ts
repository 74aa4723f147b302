import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chunkOf } from '../../src/codecs/amqp-fixture.js'
import { valueText } from '../../src/codecs/value-text.js'
import { valueAt } from '../../src/model/columns.js'
import { schema, text } from '../../src/model/fields.js'
import { withoutCutMessages } from './cut-messages.js'
import { MessageEncoder } from './message-encoder.js'
import { written } from './packet-fixture.js'
import { Publication } from './publication.js'

const spec = withoutCutMessages(valueText(schema({ body: text() }), 'body'), 1_000)
const publication = new Publication()
const encoder = new MessageEncoder({ flags: true, patterns: [] })

/** A message as it lies in the journal; `cut` is the length of the whole, of one that was too large. */
function message({ body, cut }: { readonly body: string; readonly cut: number | undefined }): Uint8Array {
  const bytes = written({ cmd: 'publish', topic: 't', payload: body, qos: 0, dup: false, retain: false }, 4)
  expect(publication.read(bytes, 0, 2, bytes.length, 4)).toBeUndefined()
  if (cut === undefined) encoder.encode(publication)
  else encoder.encodeCut(publication, cut)
  return encoder.bytes.slice(0, encoder.length)
}

const messages = fc.array(
  fc.record({
    body: fc.stringMatching(/^[a-z]{1,40}$/),
    cut: fc.option(fc.integer({ min: 1_001, max: 268_435_460 }), { nil: undefined }),
    omit: fc.boolean(),
  }),
  { maxLength: 12 },
)

describe('withoutCutMessages', () => {
  test('refuses what was cut and reads all else, in any order, and neither where it is left out', () => {
    const decoder = spec.compile({ wanted: new Set(['body']), keyed: new Set() })
    fc.assert(
      fc.property(messages, fc.boolean(), (sent, isAsked) => {
        const chunk = chunkOf(sent.map(message))
        const omit = isAsked ? undefined : Uint8Array.from(sent, one => (one.omit ? 1 : 0))
        const wanted = [...sent.entries()].filter(([, one]) => isAsked || !one.omit)
        const { length, columns, messages: of, rejected } = decoder.decode(chunk, omit)
        const rows = Array.from({ length }, (_, i) => [of[i], valueAt(columns['body']!, i)])
        expect(rows).toEqual(wanted.flatMap(([i, { body, cut }]) => (cut === undefined ? [[i, body]] : [])))
        expect(rejected.map(({ message, code }) => [message, code])).toEqual(
          wanted.flatMap(([i, { cut }]) => (cut === undefined ? [] : [[i, 'MR210']])),
        )
        for (const { message, reason } of rejected) expect(reason).toContain(`has ${sent[message]!.cut!.toLocaleString('en')} bytes`)
      }),
    )
  })

  const read = (sent: Parameters<typeof message>[0], most: number) =>
    withoutCutMessages(valueText(schema({ body: text() }), 'body'), most)
      .compile({ wanted: new Set(['body']), keyed: new Set() })
      .decode(chunkOf([message(sent)]))

  test('reads one that was kept whole once the limit is above its length', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 21 }), fc.integer({ min: 1, max: 2 ** 21 }), (cut, most) => {
        const { length, rejected } = read({ body: 'b', cut }, most)
        const isRead = cut <= most && cut <= 2 ** 20
        expect([length, rejected.length]).toEqual(isRead ? [1, 0] : [0, 1])
        if (!isRead) expect(rejected[0]!.cut === true).toBe(cut > 2 ** 20)
      }),
    )
  })

  test('says whether it can be retried', () => {
    const reason = (cut: number, most: number): string => read({ body: 'b', cut }, most).rejected[0]!.reason
    expect(reason(2_000, 1_000)).toBe(
      'the message has 2,000 bytes, and the source takes 1,000 bytes (`maxMessageBytes`); it is kept whole, and can be retried under a higher limit',
    )
    expect(reason(3_000_000, 1_000)).toContain('its first 1,048,576 bytes are kept, so it cannot be retried')
    expect(reason(3_000_000, 4_000_000)).toMatch(/^the message had 3,000,000 bytes; its first .* cannot be retried/)
  })

  test('leaves bytes that are no message of ours to the decoder', () => {
    const decoder = spec.compile({ wanted: new Set(['body']), keyed: new Set() })
    const { length, rejected } = decoder.decode(chunkOf([new TextEncoder().encode('seq'), Uint8Array.of(0, 0x53, 0x71)], 'body'))
    expect({ length, rejected: rejected.length }).toEqual({ length: 2, rejected: 0 })
  })
})
