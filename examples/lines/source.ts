import { checkOptions, type DecoderSpec, type SourceSpec, wants } from 'millrace/connector'
import { addressChecks } from './address.js'
import { checkAddress } from './line-connection.js'
import { LineReader } from './source-reader.js'

export interface LinesOptions<T> {
  /** Default 127.0.0.1. */
  readonly host?: string
  readonly port: number
  readonly decode: DecoderSpec<T>
  /** A longer line is left out and counted; bytes, default 1 MiB. */
  readonly maxLineBytes?: number
}

const checks = { ...addressChecks, decode: wants.decoder, maxLineBytes: wants.count }

/**
 * Lines of text over TCP: connects to a server that writes one message a line.
 *
 * @throws MR302 naming every wrong option.
 */
export function lines<T>(options: LinesOptions<T>): SourceSpec<T> {
  checkOptions('lines', options, checks, ['port', 'decode'])
  const { host = '127.0.0.1', port, decode, maxLineBytes = 1024 * 1024 } = options
  return {
    connector: 'lines',
    params: { host, port },
    decoder: decode,
    id: undefined,
    // TCP knows no acknowledgement of messages: what was read is gone at the peer, and what it says while nobody listens, too.
    promise: { unaccepted: 'gone', meanwhile: 'gone', repeats: false, readers: 'one' },
    usesEmbeddedNode: false,
    async open(context) {
      return new LineReader({ host, port }, maxLineBytes, context)
    },
    check: (context, timeoutMs) => checkAddress({ host, port }, context, timeoutMs),
  }
}
