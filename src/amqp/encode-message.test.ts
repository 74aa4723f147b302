import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeMessage } from './encode-message.js'
import { decodeMessage } from './rhea.js'

const text = fc.string({ unit: 'grapheme', maxLength: 300 })
const symbol = fc.stringMatching(/^[ -~]{1,30}$/)

describe('encodeMessage', () => {
  it("is read back by rhea's decoder, an implementation of its own", () => {
    const scalar = fc.oneof(text, fc.boolean(), fc.integer(), fc.double({ noNaN: true }), fc.constant(null))
    const message = fc.record(
      {
        durable: fc.boolean(),
        messageId: text,
        to: text,
        subject: text,
        contentType: symbol,
        creationTime: fc.integer({ min: 0, max: 4e12 }),
        applicationProperties: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), scalar),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(message, fc.oneof(fc.record({ data: text }), fc.record({ value: scalar })), (fields, body) => {
        const decoded = decodeMessage(encodeMessage({ ...fields, body }))
        expect(decoded.durable ?? false).toBe(fields.durable ?? false)
        expect(decoded.message_id ?? undefined).toBe(fields.messageId)
        expect(decoded.to ?? undefined).toBe(fields.to)
        expect(decoded.subject ?? undefined).toBe(fields.subject)
        expect(decoded.content_type ?? undefined).toBe(fields.contentType)
        expect(decoded.creation_time?.getTime() ?? undefined).toBe(fields.creationTime)
        const wanted = fields.applicationProperties ?? {}
        expect(decoded.application_properties ?? {}).toEqual({ ...wanted })
        if ('data' in body) expect((decoded.body as { content: Buffer }).content.toString()).toBe(body.data)
        else expect(decoded.body ?? null).toEqual(body.value)
      }),
      { numRuns: 300 },
    )
  })

  it('writes the bytes of the standard', () => {
    expect([...encodeMessage({ messageId: 'a', body: { data: 'x' } })]).toEqual([
      // prettier-ignore
      0x00, 0x53, 0x73, 0xd0, 0, 0, 0, 7, 0, 0, 0, 1, 0xa1, 1, 97, 0x00, 0x53, 0x75, 0xa0, 1, 120,
    ])
  })
})
