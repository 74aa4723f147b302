import type { Batch } from '../model/batch.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import { nearest } from '../model/nearest.js'
import type { GraphBuilder } from '../operators/builder.js'

/**
 * Listens beside the consumer of an edge, at the output that feeds it: nobody pays for it while nobody listens.
 *
 * @throws MR470 for an edge that the plan does not have.
 */
export function tapEdge(builder: GraphBuilder, from: string, to: string, heard: (batch: Batch) => void): () => void {
  const upstream = builder.nodes.get(from)
  const consumer = upstream?.consumers.find(({ node }) => node.plan.id === to)
  if (!upstream || !consumer) throw unknownEdge(builder, from, to)
  const output = consumer.port === undefined ? upstream.output : upstream.ports.get(consumer.port)!
  const subscription = output.subscribe(batch => {
    try {
      heard(batch)
    } catch {
      // Who looks on must not break the run.
    }
  })
  return () => subscription.unsubscribe()
}

function unknownEdge(builder: GraphBuilder, from: string, to: string): MillraceError {
  const edges = [...builder.nodes].flatMap(([id, { consumers }]) => consumers.map(({ node }) => `${id},${node.plan.id}`))
  const near = nearest(`${from},${to}`.slice(0, 200), edges)
  return new MillraceError('MR470', `no edge leads from '${from.slice(0, 64)}' to '${to.slice(0, 64)}'`, {
    hint: near === undefined ? `the edges are ${edges.slice(0, 20).join(' · ')}` : `did you mean ${near}?`,
  })
}
