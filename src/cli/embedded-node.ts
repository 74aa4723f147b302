import { type Node, type NodeOptions, startNode } from '../broker/index.js'
import type { Graph } from '../job/graph.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { Log, TimeSource } from '../model/seams.js'
import { systemRandom } from '../runtime/seams/system-random.js'
import type { ListenAddress } from './listen-address.js'
import { lockNodeData } from './node-data.js'
import { version } from './package-root.js'

/** The port that AMQP is registered under. */
export const amqpPort = 5672

/** True where a source or sink names no broker and the environment names none either. */
export const needsNode = (graphs: readonly Graph[], env: Readonly<Record<string, string | undefined>>): boolean =>
  !env['MILLRACE_AMQP_URL'] &&
  graphs.some(({ sources, sinks }) => sources.some(({ spec }) => spec.usesEmbeddedNode) || sinks.some(({ spec }) => spec.usesEmbeddedNode))

export interface EmbeddedNode {
  readonly node: Node
  /** Where durable messages are kept; undefined: in memory. */
  readonly folder: string | undefined
  /** The default port was taken: how to join whoever has it. */
  readonly hint?: string
  /** Resolves where the node has stopped by itself: replaced by another process, or given up by the disk. */
  readonly failed: Promise<MillraceError>
  close(): Promise<void>
}

/** What the line that tells the node's address says of its messages. */
export const keptWhere = (folder: string | undefined): string =>
  folder === undefined ? 'its queues live in memory' : `durable messages are kept in ${folder}, others in memory`

/**
 * Starts the process's AMQP node on its default port, or on a free one where that is taken and nobody named it.
 *
 * @param kept Where durable messages are kept; undefined: all is in memory. `takeOver`: although another process uses it.
 * @throws MR701 for a named port that is taken, MR425 for a folder that another process uses.
 */
export async function startEmbeddedNode(
  listen: ListenAddress,
  time: TimeSource,
  log: Log,
  kept?: { readonly folder: string; readonly takeOver: boolean },
): Promise<EmbeddedNode> {
  const locked = kept && (await lockNodeData(kept.folder, kept.takeOver))
  const release = async (): Promise<void> => locked?.lock?.release()
  let onFailure: (error: MillraceError) => void = () => {}
  const failed = new Promise<MillraceError>(resolve => {
    onFailure = resolve
  })
  try {
    const seams = { time, random: systemRandom, log }
    const { node, hint } = await onSomePort(listen, { ...seams, version, onFailure, ...(locked && { data: locked.data }) })
    const close = async (): Promise<void> => {
      await node.close()
      await release()
    }
    return { node, folder: kept?.folder, failed, close, ...(hint !== undefined && { hint }) }
  } catch (error) {
    await release()
    throw error
  }
}

async function onSomePort(listen: ListenAddress, options: NodeOptions): Promise<{ readonly node: Node; readonly hint?: string }> {
  const { host, port, named } = listen
  try {
    return { node: await startNode({ ...options, host, port }) }
  } catch (error) {
    if (named || port === 0 || !(error instanceof MillraceError) || error.code !== 'MR701') throw error
    const node = await startNode({ ...options, host, port: 0 })
    return { node, hint: `port ${port} is taken; to use the broker there, set MILLRACE_AMQP_URL=amqp://${host}:${port}` }
  }
}
