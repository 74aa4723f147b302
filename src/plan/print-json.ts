import type { Guarantee } from '../model/guarantee.js'
import type { Json } from '../model/json.js'
import type { Plan } from './plan.js'

/** The order of keys in plans, nodes, columns and expressions; objects that job authors name keep theirs. */
const order = [
  'format',
  'job',
  'nodes',
  'id',
  'kind',
  'op',
  'inputs',
  'name',
  'value',
  'type',
  'nullable',
  'unit',
  'args',
  'params',
  'columns',
  'stateful',
  'version',
  'opaque',
]

/** True for the objects that Millrace shapes: by the keys that each of them has. */
const isOurs = (value: object): boolean => ['nodes', 'inputs', 'nullable'].some(key => Object.hasOwn(value, key))

function ordered(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(ordered)
  const entries = Object.entries(value as { readonly [key: string]: Json })
  const rank = (key: string): number => (order.indexOf(key) + order.length + 1) % (order.length + 1)
  if (isOurs(value)) entries.sort(([a], [b]) => rank(a) - rank(b))
  return Object.fromEntries(entries.map(([key, item]) => [key, ordered(item)]))
}

/**
 * A plan as JSON text with a fixed order of keys, two spaces deep, with a line feed at the end: the form of golden files;
 * beside it the guarantee of the job, where it is given.
 */
export const printJson = (plan: Plan & { readonly guarantee?: Guarantee }): string =>
  `${JSON.stringify(ordered(plan as unknown as Json), null, 2)}\n`
