import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeMessage } from '../../src/amqp/encode-message.js'
import { type Command, millrace } from '../cli/command.js'
import { Collector } from '../interop/collector.js'
import { PeerLink } from '../interop/peer-link.js'
import { startArtemis } from '../peers/artemis.js'
import { until } from '../support/until.js'

export type CrashPeer = 'artemis' | 'node'

/** The broker of a crash run, in a process of its own. */
export interface CrashBroker {
  readonly url: string
  /** Ends it as a power cut would, and starts it again with the same data on the same port. */
  restart(how: 'kill'): Promise<void>
  stop(): Promise<void>
}

/** Artemis, which redelivers without end, or `millrace broker`. */
export async function startCrashBroker(peer: CrashPeer, idleTimeoutMs?: number): Promise<CrashBroker> {
  if (peer === 'artemis')
    return startArtemis({ redeliverWithoutEnd: true, sustained: true, ...(idleTimeoutMs !== undefined && { idleTimeoutMs }) })
  const data = await mkdtemp(join(tmpdir(), 'millrace-crash-node-'))
  let listen = '127.0.0.1:0'
  const begin = async (): Promise<{ readonly command: Command; readonly url: string }> => {
    const command = millrace(['broker', '--listen', listen, '--data', data])
    return { command, url: (await command.said(/AMQP node\s+(amqp:\/\/\S+)/))[1]! }
  }
  let node = await begin()
  const { url } = node
  listen = new URL(url).host
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    node.command.process.kill(signal)
    await node.command.done
  }
  return {
    url,
    restart: async () => {
      await end('SIGKILL')
      node = await begin()
    },
    stop: async () => {
      await end('SIGTERM')
      await rm(data, { recursive: true, force: true })
    },
  }
}

/** Sends one message and waits until it is accepted. */
export async function sendOne(url: string, address: string, messageId: string, body: string): Promise<void> {
  let accepted = false
  const link = new PeerLink(
    url,
    connection => {
      const sender = connection.open_sender({ target: { address, capabilities: ['queue'] }, snd_settle_mode: 0 })
      sender.once('sendable', () => {
        const message = encodeMessage({ messageId, contentType: 'application/json', body: { data: body } })
        sender.send(message, undefined, 0)
      })
      sender.on('accepted', () => {
        accepted = true
      })
    },
    () => undefined,
  )
  await until(`'${address}' takes a message`, () => accepted)
  await link.close()
}

/** Message-ids of what lies in a queue at this moment, which is emptied. */
export async function queued(url: string, address: string): Promise<string[]> {
  const collector = new Collector(url, address, { kind: 'queue' })
  try {
    await sendOne(url, address, 'last', '{}')
    await until(`the end of '${address}'`, () => collector.rows.has('last'))
    return [...collector.rows.keys()].filter(id => id !== 'last')
  } finally {
    await collector.close()
  }
}
