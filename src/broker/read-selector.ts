import { Described } from '../amqp/frame-reader.js'
import { Refusal } from './refusal.js'
import type { Selector } from './selector.js'
import { parseSelector } from './selector-parser.js'

const NAMES: ReadonlySet<unknown> = new Set([
  0x0000468c00000004,
  'apache.org:selector-filter:string',
  'apache.org:jms-selector-filter:string',
])

/**
 * The selector in the filter set of a source.
 *
 * @throws Refusal when it does not parse, or the filter is of another kind.
 */
export const readSelector = (filter: ReadonlyMap<unknown, unknown>): Selector | undefined => {
  for (const value of filter.values()) {
    if (value instanceof Described && NAMES.has(value.descriptor) && typeof value.value === 'string') return parseSelector(value.value)
    throw new Refusal('link', 'amqp:not-implemented', 'MR704: the node filters by JMS selector only')
  }
  return undefined
}
