import fc from 'fast-check'
import { expect, test } from 'vitest'
import { foldText, type InspectColumn, inspectTable } from './inspect-table.js'

const columns: readonly InspectColumn[] = [
  { title: 'node', rank: 0, cells: ['readings', 'windows'] },
  { title: 'in/s', rank: 1, right: true, cells: ['', '1,240'] },
  { title: 'waits', rank: 2, cells: ['', ''] },
  { title: 'what', rank: 3, flexible: true, cells: ['AMQP queue telemetry, credit 1,000', 'tumbling'] },
]

test('a column without content is left out; where it is narrow, the last ranks give way, and a flexible one is cut', () => {
  expect(inspectTable(columns, 80)).toEqual([
    'node       in/s  what',
    'readings         AMQP queue telemetry, credit 1,000',
    'windows   1,240  tumbling',
  ])
  expect(inspectTable(columns, 40)).toEqual([
    'node       in/s  what',
    'readings         AMQP queue telemetry, …',
    'windows   1,240  tumbling',
  ])
  expect(inspectTable(columns, 20)).toEqual(['node       in/s', 'readings', 'windows   1,240'])
  expect(inspectTable(columns, 5)).toEqual(['node', 'read…', 'wind…'])
})

test('no line is wider than the terminal, and there is one for each node', () => {
  const cells = fc.array(fc.string({ maxLength: 30 }), { minLength: 3, maxLength: 3 })
  const column = fc.record({ title: fc.string({ maxLength: 10 }), rank: fc.nat(5), right: fc.boolean(), flexible: fc.boolean(), cells })
  fc.assert(
    fc.property(fc.array(column, { minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 120 }), (any, width) => {
      const lines = inspectTable([{ ...any[0]!, rank: 0 }, ...any.slice(1)], width)
      expect(lines).toHaveLength(4)
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(width)
    }),
  )
})

test('a sentence is broken between words, into so many lines at most, and loses nothing but what does not fit them', () => {
  const text = 'exactly once within 1,000,000 ids or 10 minutes, as the only consumer'
  expect(foldText(text, 40, 2)).toEqual(['exactly once within 1,000,000 ids or 10', '  minutes, as the only consumer'])
  expect(foldText(text, 40, 1)).toEqual(['exactly once within 1,000,000 ids or 10…'])
  expect(foldText(text, 32, 2)).toEqual(['exactly once within 1,000,000', '  ids or 10 minutes, as the onl…'])
  expect(foldText(text, 80, 2)).toEqual([text])
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), fc.integer({ min: 1, max: 120 }), fc.integer({ min: 1, max: 3 }), (any, width, most) => {
      const lines = foldText(any, width, most)
      expect(lines.length).toBeLessThanOrEqual(most)
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(width)
    }),
  )
})
