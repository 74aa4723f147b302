import { expect, test } from 'vitest'
import { decodeSnapshot, encodeSnapshot } from './snapshot-file.js'

const snapshot = {
  header: { job: 'climate', shape: { windows: { op: 'aggregate' } } },
  body: {
    values: Float64Array.of(1.5, Number.NEGATIVE_INFINITY, Number.NaN),
    ids: Int32Array.of(-1, 7),
    texts: ['a', null],
    deep: { n: 1 },
  },
}

test('what was written is read', () => {
  expect(decodeSnapshot(encodeSnapshot(snapshot), 'x')).toEqual(snapshot)
})

test('every altered byte is noticed, whatever it becomes', () => {
  const file = encodeSnapshot(snapshot)
  for (let at = 0; at < file.length; at++) {
    for (const flip of [0x01, 0x80, 0xff]) {
      const damaged = Buffer.from(file)
      damaged[at]! ^= flip
      expect(() => decodeSnapshot(damaged, 'x'), `byte ${at} xor ${flip}`).toThrowError(expect.objectContaining({ code: 'MR420' }))
    }
  }
})

test('every torn end and any addition is noticed', () => {
  const file = encodeSnapshot(snapshot)
  for (let length = 0; length < file.length; length++) {
    expect(() => decodeSnapshot(file.subarray(0, length), 'x'), `length ${length}`).toThrowError(expect.objectContaining({ code: 'MR420' }))
  }
  expect(() => decodeSnapshot(Buffer.concat([file, Buffer.of(0)]), 'x')).toThrowError(expect.objectContaining({ code: 'MR420' }))
})
