import { afterEach, describe, expect, test } from 'vitest'
import { amqp, amqpSink, raw } from '../../connectors/amqp/index.js'
import type { SourceReader } from '../../src/connector/source.js'
import { protonAvailable } from '../peers/available.js'
import { type Router, startRouter } from '../peers/router.js'
import { connectorContext } from '../support/connector-context.js'
import { until } from '../support/until.js'
import { outputs } from './outputs.js'

const available = protonAvailable()
const at = { entry: 0, ordinal: 0 }

// Outcomes and flow are judged by Proton, an implementation of the wire that shares nothing with rhea.
describe.skipIf(!available.present)(
  `AMQP connector over a router without storage${available.present ? '' : ` (${available.reason})`}`,
  () => {
    const open: { close(): Promise<void> }[] = []
    afterEach(async () => {
      for (const one of open.splice(0).reverse()) await one.close()
    })
    const router = async (port?: number): Promise<Router> => {
      const started = await startRouter(port)
      open.push({ close: () => started.stop() })
      return started
    }
    const reading = async (url: string, address: string): Promise<SourceReader> => {
      const reader = await amqp({ url, address, kind: 'anycast', decode: raw() }).open(connectorContext())
      open.push({ close: () => reader.close('release') })
      return reader
    }
    const writing = async (url: string, address: string) => {
      const writer = await amqpSink('out', { url, address, kind: 'anycast' }).open(connectorContext({ id: 'out' }))
      open.push(writer)
      return writer
    }
    const rows = (n: number) => outputs(Array.from({ length: n }, (_, i) => `room-${i}`))
    const idsOf = (text: string): string[] => [...new Set(text.match(/room-\d+/g))]

    async function read(
      reader: SourceReader,
      n: number,
    ): Promise<{ receipt: number; lengths: number[]; receipts: number[]; text: string }> {
      const lengths: number[] = []
      const receipts: number[] = []
      let text = ''
      while (lengths.reduce((a, b) => a + b, 0) < n) {
        const chunk = (await reader.next())!
        lengths.push(chunk.length)
        receipts.push(chunk.receipt)
        text += Buffer.from(chunk.bytes).toString('latin1')
      }
      return { receipt: receipts.at(-1)!, lengths, receipts, text }
    }

    test('a sink waits until a receiver is there, and is done when the receiver accepted', async () => {
      const { url } = await router()
      const writer = await writing(url, 'work')
      const written = writer.write(rows(1_000), at)
      await until('no credit', () => writer.status().waiting?.for === "credit from 'work'")
      const reader = await reading(url, 'work')
      let seen = 0
      while (seen < 1_000) {
        const chunk = (await reader.next())!
        seen += chunk.length
        reader.settle(chunk.receipt)
      }
      await written
      expect(seen).toBe(1_000)
    })

    test('what a reader that leaves did not settle goes to the next one', async () => {
      const { url } = await router()
      const first = await reading(url, 'work')
      await until('attached', () => first.status().connected)
      const writer = await writing(url, 'work')
      const written = writer.write(rows(20), at)
      await read(first, 20)
      await first.close('release')
      const second = await reading(url, 'work')
      const { receipt, text } = await read(second, 20)
      expect(idsOf(text)).toHaveLength(20)
      second.settle(receipt)
      await written
    })

    test('mixed outcomes arrive as they were meant: one rejected is named, one released comes again', async () => {
      const { url } = await router()
      const reader = await reading(url, 'work')
      await until('attached', () => reader.status().connected)
      const writer = await writing(url, 'work')
      const written = writer.write(rows(6), at).catch((error: unknown) => error)
      const { receipt, receipts, lengths } = await read(reader, 6)
      const place = (index: number) => {
        let chunk = 0
        while (index >= lengths[chunk]!) index -= lengths[chunk++]!
        return { receipt: receipts[chunk]!, index }
      }
      reader.settle(receipt, [
        { ...place(1), outcome: { outcome: 'released' } },
        { ...place(3), outcome: { outcome: 'rejected', condition: 'x:bad', description: 'torn' } },
      ])
      const again = await read(reader, 1)
      expect(idsOf(again.text)).toEqual(['room-1'])
      reader.settle(again.receipt)
      expect(await written).toMatchObject({ code: 'MR311', message: expect.stringMatching(/1 of 6 rows.*x:bad, torn.*: r3$/) })
    })

    test('a router that is killed and comes back loses nothing', async () => {
      const first = await startRouter()
      const reader = await reading(first.url, 'work')
      const writer = await writing(first.url, 'work')
      await until('attached', () => reader.status().connected)
      const written = writer.write(rows(10), at)
      await read(reader, 10)
      await first.kill()
      await until('down', () => !reader.status().connected)
      await router(first.port)
      const { receipt, text } = await read(reader, 10)
      expect(idsOf(text)).toHaveLength(10)
      reader.settle(receipt)
      await written
    })
  },
)
