import { expect, test } from 'vitest'
import { printGuarantee } from './print-guarantee.js'

const why = ['the journal is replayed', "'alerts' keeps both"]

test('a guarantee is its label, then why', () => {
  const sinks = [{ sink: 'latest', level: 'exactly-once', label: 'exactly once' }] as const
  expect(printGuarantee({ level: 'exactly-once', label: 'exactly once', why, sinks })).toBe(
    ['guarantee  exactly once', 'why        the journal is replayed', "           'alerts' keeps both", ''].join('\n'),
  )
})

test('sinks that differ are named, each with its own', () => {
  const sinks = [
    { sink: 'latest', level: 'exactly-once', label: 'exactly once' },
    { sink: 'alerts-of-all', level: 'at-least-once', label: 'at least once: they may repeat' },
  ] as const
  expect(printGuarantee({ level: 'at-least-once', label: 'at least once: they may repeat', why: why.slice(0, 1), sinks })).toBe(
    [
      'guarantee        at least once: they may repeat',
      '  latest         exactly once',
      '  alerts-of-all  at least once: they may repeat',
      'why              the journal is replayed',
      '',
    ].join('\n'),
  )
})
