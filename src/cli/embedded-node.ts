import { type Node, startNode } from '../broker/index.js'
import type { Graph } from '../job/graph.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { Log, TimeSource } from '../model/seams.js'
import { systemRandom } from '../runtime/system-random.js'
import type { ListenAddress } from './listen-address.js'

/** The port that AMQP is registered under. */
export const amqpPort = 5672

/** True where a source or sink names no broker and the environment names none either. */
export const needsNode = (graphs: readonly Graph[], env: Readonly<Record<string, string | undefined>>): boolean =>
  !env['MILLRACE_AMQP_URL'] &&
  graphs.some(({ sources, sinks }) => sources.some(({ spec }) => spec.usesEmbeddedNode) || sinks.some(({ spec }) => spec.usesEmbeddedNode))

export interface EmbeddedNode {
  readonly node: Node
  /** The default port was taken: how to join whoever has it. */
  readonly hint?: string
}

/**
 * Starts the process's AMQP node on its default port, or on a free one where that is taken and nobody named it.
 *
 * @throws MR701 for a named port that is taken.
 */
export async function startEmbeddedNode(listen: ListenAddress, time: TimeSource, log: Log): Promise<EmbeddedNode> {
  const { host, port, named } = listen
  try {
    return { node: await startNode({ host, port, time, random: systemRandom, log }) }
  } catch (error) {
    if (named || port === 0 || !(error instanceof MillraceError) || error.code !== 'MR701') throw error
    const node = await startNode({ host, port: 0, time, random: systemRandom, log })
    return { node, hint: `port ${port} is taken; to use the broker there, set MILLRACE_AMQP_URL=amqp://${host}:${port}` }
  }
}
