import { checkOptions, type SinkSpec } from 'millrace/connector'
import { addressChecks } from './address.js'
import { checkAddress } from './line-connection.js'
import { LineWriter } from './sink-writer.js'

export interface LineSinkOptions {
  /** Default 127.0.0.1. */
  readonly host?: string
  readonly port: number
}

/**
 * Lines of text over TCP: each row as a line of JSON, which the peer answers with a line: `ok`, or `no` and why.
 *
 * @throws MR302 naming every wrong option.
 */
export function lineSink<T>(id: string, options: LineSinkOptions): SinkSpec<T> {
  checkOptions(`lineSink '${id}'`, options, addressChecks, ['port'])
  const { host = '127.0.0.1', port } = options
  return {
    id,
    connector: 'lines',
    params: { host, port },
    kind: 'sink',
    // The peer knows no ids: a row whose answer was lost comes twice.
    promise: { guarantee: 'append' },
    expressions: {},
    usesEmbeddedNode: false,
    async open(context) {
      return new LineWriter({ host, port }, context)
    },
    check: (context, timeoutMs) => checkAddress({ host, port }, context, timeoutMs),
  }
}
