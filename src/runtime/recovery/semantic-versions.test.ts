import { expect, test } from 'vitest'
import { firstOf } from '../../codecs/first-of.js'
import { json } from '../../codecs/json.js'
import { valueText } from '../../codecs/value-text.js'
import { number, schema, text } from '../../model/fields.js'
import type { Plan } from '../../plan/plan.js'
import { semanticDifferences, semanticsChanged, semanticVersions } from './semantic-versions.js'

const Reading = schema({ room: text().nullable(), celsius: number() })

const node = (
  id: string,
  op: string,
  params: Plan['nodes'][number]['params'],
  version = 1,
  kind: 'operator' | 'source' | 'view' = 'operator',
) => ({ id, kind, op, inputs: [], params, columns: [], stateful: true, version }) as const

const plan: Plan = {
  format: 1,
  job: 'climate',
  nodes: [
    node('readings', 'read', { decode: firstOf(json(Reading), valueText(Reading, 'celsius')).params }, 1, 'source'),
    node('where-1', 'where', { condition: { op: 'gt' } }, 3),
    node('climate', 'aggregate', {
      window: { kind: 'hopping', size: 10, every: 5, offset: 0 },
      aggregates: { warm: { op: 'mean', version: 2 }, n: { op: 'count', version: 1 } },
    }),
    node('view:climate', 'view', {}, 1, 'view'),
  ],
}

test('names every operator, aggregate, window and decoder of a plan, alternatives included', () => {
  expect(semanticVersions(plan)).toEqual({
    'aggregate count': 1,
    'aggregate mean': 2,
    'decoder first-of': 1,
    'decoder json': 1,
    'decoder value-text': 1,
    duplicates: 1,
    expressions: 1,
    'operator aggregate': 1,
    'operator read': 1,
    'operator where': 3,
    'output view': 1,
    results: 1,
    'window hopping': 1,
  })
})

test('differences are sentences; what an older release did not name was version 1', () => {
  const running = semanticVersions(plan)
  expect(semanticDifferences(running, running)).toEqual([])
  expect(semanticDifferences(JSON.parse(JSON.stringify(running)) as typeof running, running)).toEqual([])
  expect(semanticDifferences({ ...running, 'aggregate mean': 1, 'window session': 7 }, running)).toEqual([
    'aggregate mean was version 1, and is version 2',
  ])
  const { results: _, ...older } = running
  expect(semanticDifferences(older, running)).toEqual([])
  expect(semanticDifferences(older, { ...running, results: 2 })).toEqual(['results was version 1, and is version 2'])
})

test('the refusal says how much is left, what differs and how to finish', () => {
  const error = semanticsChanged('climate', 3, ['aggregate mean was version 1, and is version 2'], '0.3.0')
  expect(error).toMatchObject({
    code: 'MR460',
    message: "the journal of 'climate' holds 3 entries to take in, which this release computes differently",
    notes: ['aggregate mean was version 1, and is version 2'],
    hint: 'finish with Millrace 0.3.0: `millrace drain JOB --data DIR`; then start with this one',
  })
  expect(semanticsChanged('climate', 1, [], undefined).message).toContain('holds 1 entry to')
})
