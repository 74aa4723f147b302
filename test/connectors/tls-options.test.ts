import { expect, test } from 'vitest'
import { amqp } from '../../connectors/amqp/source.js'
import { httpSink } from '../../connectors/http/sink.js'
import { mqtt } from '../../connectors/mqtt/source.js'
import { raw } from '../../src/codecs/raw.js'
import { connectorContext } from '../support/connector-context.js'

const tls = { ca: '/etc/ssl/ours.pem' }
const decode = raw()

test.each([
  ['amqp', amqp({ url: 'amqps://127.0.0.1:1', address: 'a', decode, tls })],
  ['mqtt', mqtt({ url: 'mqtts://127.0.0.1:1', topic: 'a', decode, tls })],
  ['http', httpSink('posts', { url: 'https://127.0.0.1:1', tls })],
])('%s tells before a job starts, and when it is checked, that a path is no certificate', async (_, spec) => {
  const context = connectorContext()
  expect(() => spec.checkSettings!(context)).toThrow(expect.objectContaining({ code: 'MR315' }))
  expect(await spec.check!(context, 1_000)).toEqual([expect.objectContaining({ ok: false, code: 'MR315', severity: 'error' })])
})
