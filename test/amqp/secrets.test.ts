import { afterEach, expect, test } from 'vitest'
import { amqp, amqpSink, raw } from '../../connectors/amqp/index.js'
import { startNode } from '../../src/broker/index.js'
import { secret } from '../../src/connector/secret.js'
import { connectorContext } from '../support/connector-context.js'
import { until } from '../support/until.js'
import { outputs } from './outputs.js'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

/** Everything that somebody may read of a thing, its causes and hidden fields included. */
const readable = (thing: unknown): string =>
  thing instanceof Error
    ? `${thing.stack} ${JSON.stringify(Object.fromEntries(Object.getOwnPropertyNames(thing).map(key => [key, readable(Reflect.get(thing, key))])))}`
    : `${JSON.stringify(thing)} ${String(thing)}`

test.each([
  ['in the URL', (url: string) => ({ url: url.replace('//', '//device:canary-4711@') }), {}],
  ['as an option', (url: string) => ({ url, user: 'device', password: 'canary-4711' }), {}],
  ['as a secret', (url: string) => ({ url, user: 'device', password: secret('PW') }), { PW: 'canary-4711' }],
  ['in a URL from the environment', () => ({ url: secret('URL') }), undefined],
])('a password %s appears nowhere', async (_where, options, env) => {
  const { time, random } = connectorContext()
  const nodeLines: unknown[] = []
  const keep = (...line: unknown[]) => void nodeLines.push(line)
  const node = await startNode({ time, random, log: { info: keep, warn: keep, error: keep }, users: { device: 'right' } })
  open.push(node)
  const lines: unknown[] = []
  const write = (...line: unknown[]) => void lines.push(line)
  const context = {
    ...connectorContext({ env: env ?? { URL: node.url.replace('//', '//device:canary-4711@') } }),
    log: { info: write, warn: write, error: write },
  }
  const source = amqp({ address: 'a', decode: raw(), ...options(node.url) })
  const sink = amqpSink('alerts', { address: 'a', ...options(node.url) })
  const reader = await source.open(context)
  const writer = await sink.open(context)
  open.push(writer, { close: () => reader.close('release') })
  const errors = [
    await reader.next().catch((e: unknown) => e),
    await writer.write(outputs(['a']), { entry: 0, ordinal: 0 }).catch((e: unknown) => e),
  ]
  for (const error of errors) expect(error).toMatchObject({ code: 'MR305' })
  await until('the node has said so', () => nodeLines.length >= 2)
  const checks = [await source.check!(context, 2_000), await sink.check!(context, 2_000)]
  const seen = [source.params, sink.params, reader.status(), writer.status(), checks, lines, nodeLines, ...errors].map(readable).join('\n')
  expect(seen).toContain("user 'device'")
  expect(seen).not.toContain('canary')
  expect(seen).not.toContain(Buffer.from('canary-4711').toString('base64'))
})
