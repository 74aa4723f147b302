import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeMessage } from '../amqp/encode-message.js'
import { duplicateId } from './duplicate-id.js'
import { DUPLICATE_IDS, DuplicateIds } from './duplicate-ids.js'

const body = { data: 'x' }
const withId = (id: string, more: Readonly<Record<string, string | number | boolean | null>> = {}): Buffer =>
  Buffer.from(encodeMessage({ durable: true, messageId: 'm', applicationProperties: { ...more, _AMQ_DUPL_ID: id }, body }))

/** An application-properties section of one binary entry. */
const binary = (id: string): Buffer => {
  const entry = Buffer.concat([Buffer.from([0xa1, 12]), Buffer.from('_AMQ_DUPL_ID'), Buffer.from([0xa0, id.length]), Buffer.from(id)])
  return Buffer.concat([Buffer.from([0, 0x53, 0x74, 0xc1, entry.length + 1, 2]), entry, Buffer.from([0, 0x53, 0x77, 0x40])])
}

describe('duplicateId', () => {
  it('finds text and binary, and tells them apart', () => {
    expect(duplicateId(withId('a-1', { room: 'hall', n: 7 }))).toBe('ta-1')
    expect(duplicateId(binary('a-1'))).toBe('ba-1')
    expect(duplicateId(withId('ü'))).toBe(`t${Buffer.from('ü').toString('latin1')}`)
  })

  it('is undefined without the property, whatever else names it', () => {
    expect(duplicateId(Buffer.from(encodeMessage({ body: { data: '_AMQ_DUPL_ID' } })))).toBeUndefined()
    expect(duplicateId(Buffer.from(encodeMessage({ applicationProperties: { x: '_AMQ_DUPL_ID' }, body })))).toBeUndefined()
    expect(duplicateId(Buffer.from(encodeMessage({ applicationProperties: { _AMQ_DUPL_ID: 5 }, body })))).toBeUndefined()
  })

  it('bounds what is kept of a long id', () => {
    const one = duplicateId(withId('x'.repeat(5000)))
    expect(one).toHaveLength(33)
    expect(duplicateId(withId('x'.repeat(5001)))).not.toBe(one)
  })

  it('reads no byte beyond a message that is cut off or damaged', () => {
    const whole = withId('id', { room: 'hall' })
    fc.assert(
      fc.property(fc.nat(whole.length), fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 4 }), (length, changes) => {
        const bytes = Buffer.from(whole.subarray(0, length))
        for (const [at, value] of changes) if (at < length) bytes[at] = value
        const id = duplicateId(bytes)
        expect(id === undefined || id.length <= 65).toBe(true)
      }),
    )
  })
})

describe('DuplicateIds', () => {
  it('remembers the last 20,000, in order', () => {
    const ids = new DuplicateIds()
    for (let i = 0; i < DUPLICATE_IDS + 10; i++) ids.add(`i${i}`, i)
    expect([ids.find('i9'), ids.find('i10'), ids.size]).toEqual([undefined, 10, DUPLICATE_IDS])
    expect([ids.all()[0], ids.all().at(-1)]).toEqual(['i10', `i${DUPLICATE_IDS + 9}`])
  })
})
