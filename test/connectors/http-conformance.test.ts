import { describe, test } from 'vitest'
import { type HttpSinkOptions, httpSink, secret } from '../../connectors/http/index.js'
import { sinkConformance } from '../../src/testing/connector-sink.js'
import type { SinkHarness } from '../../src/testing/connector-sink-harness.js'
import { CutProxy } from '../interop/cut-proxy.js'
import { HttpPeer, type HttpPeerOptions } from './http-peer.js'

const password = 'canary-5d10'

const harness = (name: string, options: Omit<HttpSinkOptions, 'url'>, keeps?: HttpPeerOptions['keeps']): SinkHarness => ({
  name: `httpSink, ${name}`,
  secrets: [password],
  tooLarge: 300_000,
  context: { env: { TOKEN: password, WRONG: 'another' } },
  async place() {
    const peer = await HttpPeer.start({ mostBytes: 262_144, authorization: `Bearer ${password}`, ...(keeps ? { keeps } : {}) })
    const proxy = await CutProxy.start(peer.port)
    return {
      sink: () => httpSink('out', { url: `http://127.0.0.1:${proxy.port}/rows`, bearer: secret('TOKEN'), ...options }),
      received: async () => peer.rows,
      cut() {
        proxy.cut()
        proxy.open()
      },
      peer: {
        stop: async () => proxy.cut(),
        start: async () => proxy.open(),
      },
      async close() {
        await proxy.close()
        await peer.close()
      },
    }
  },
  async refused() {
    const peer = await HttpPeer.start({ authorization: `Bearer ${password}` })
    return { sink: httpSink('out', { url: peer.url, bearer: secret('WRONG'), ...options }), close: () => peer.close() }
  },
})

describe('HTTP sink', () => {
  const all = [
    harness('an array a request', {}),
    harness('a line a row', { format: 'ndjson', batch: { rows: 7 } }),
    harness('an object a request, kept by its key', { format: 'object', idempotent: true }, 'header'),
    harness('arrays of rows with ids', { idField: 'id', idempotent: true }, { field: 'id' }),
  ]
  for (const one of all) for (const { name, run } of sinkConformance(one)) test(name, run)
})
