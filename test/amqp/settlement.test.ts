import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { amqp, amqpSink, raw } from '../../connectors/amqp/index.js'
import { decodeMessage } from '../../src/amqp/rhea.js'
import { startNode } from '../../src/broker/index.js'
import type { Chunk } from '../../src/model/chunk.js'
import { CutProxy } from '../interop/cut-proxy.js'
import { connectorContext } from '../support/connector-context.js'
import { until } from '../support/until.js'
import { outputs } from './outputs.js'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('read' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('settle' as const), at: fc.nat(7), other: fc.constantFrom('accepted', 'released', 'modified') }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cut' as const) }) },
)

/** Ids of the messages in a chunk, read before the next one is asked for. */
const idsOf = (chunk: Chunk): string[] =>
  Array.from({ length: chunk.length }, (_, i) => String(decodeMessage(chunk.bytes.slice(chunk.starts[i], chunk.ends[i])).message_id))

test('whatever is cut and settled in whatever order, nothing is lost, and what was not accepted comes again', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 14 }), fc.integer({ min: 5, max: 40 }), async (steps, credit) => {
      const { time, random, log } = connectorContext()
      const node = await startNode({ time, random, log, maxDeliveries: -1 })
      const proxy = await CutProxy.start(node.port)
      const url = `amqp://127.0.0.1:${proxy.port}`
      const writer = await amqpSink('out', { url: node.url, address: 'work' }).open(connectorContext({ id: 'out' }))
      const reader = await amqp({ url, address: 'work', decode: raw(), credit }).open(connectorContext())
      open.push(node, proxy, writer, { close: () => reader.close('release') })
      const ids = Array.from({ length: 100 }, (_, i) => `r${i}`)
      await writer.write(outputs(ids), { entry: 0, ordinal: 0 })
      let link = 0
      const given: { readonly receipt: number; readonly link: number }[] = []
      const seen = new Set<string>()
      const depth = (): number => node.addresses().find(one => one.name === 'work')!.depth
      let asking: Promise<void> | undefined
      const read = (): Promise<void> => {
        asking ??= reader.next().then(chunk => {
          asking = undefined
          if (!chunk) return
          const got = idsOf(chunk)
          given.push({ receipt: chunk.receipt, link })
          for (const id of got) seen.add(id)
        })
        return asking
      }
      // A first connection that fails is no reconnect.
      await until('connected', () => reader.status().connected)
      for (const one of steps) {
        if (one.do === 'read') {
          await Promise.race([read(), new Promise(resolve => setTimeout(resolve, 20))])
        } else if (one.do === 'cut') {
          const before = reader.status().reconnects ?? 0
          proxy.cut()
          link++
          await until('noticed', () => !reader.status().connected)
          proxy.open()
          await until('back', () => reader.status().connected && (reader.status().reconnects ?? 0) > before)
        } else if (given.length > 0) {
          // Any receipt, old ones of lost links among them.
          const { receipt, link: from } = given[one.at % given.length]!
          const owed = reader.status().unsettled
          const exception = { receipt, index: 0, outcome: { outcome: one.other } } as const
          reader.settle(receipt, one.other === 'accepted' ? [] : [exception])
          // A receipt of a lost link settles nothing of the new one, which counts its deliveries from 0 again.
          if (from !== link) expect(reader.status().unsettled).toBe(owed)
        }
      }
      await until('everything accepted', () => {
        const last = given.at(-1)
        if (last) reader.settle(last.receipt)
        void read()
        return depth() === 0
      })
      expect([...seen].sort()).toEqual([...ids].sort())
      expect(reader.status().unsettled).toBe(0)
      for (const thing of open.splice(0).reverse()) await thing.close()
    }),
    { numRuns: 20, endOnFailure: true },
  )
}, 60_000)
