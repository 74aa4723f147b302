import type { FieldUse } from '../codecs/decoder.js'
import type { RunningNode } from '../operators/running-node.js'

/** Which fields of a source its consumers read, and which of them key state: what the decoder makes columns of. */
export function fieldUse(source: RunningNode): FieldUse {
  const wanted = new Set<string>()
  const keyed = new Set<string>()
  const all = source.plan.columns.map(column => column.name)
  const seen = new Set<RunningNode>()
  const visit = (node: RunningNode): void => {
    for (const { node: consumer, port } of node.consumers) {
      // A port carries the columns of its node's input: whoever reads it reads those of the node.
      if (port === undefined && node !== source && !node.definition.passes) continue
      if (seen.has(consumer)) continue
      seen.add(consumer)
      const { uses, keyed: keys } = consumer.definition
      for (const name of uses === 'all' ? all : uses) if (all.includes(name)) wanted.add(name)
      for (const name of keys ?? []) if (all.includes(name)) keyed.add(name)
      visit(consumer)
    }
  }
  visit(source)
  return { wanted, keyed }
}
