import { catalogue } from '../model/errors/catalogue.js'
import { mustBe, mustEqual } from './connector-case.js'
import { read } from './connector-reading.js'
import type { SourceHarness } from './connector-source-harness.js'
import type { SourceCase } from './connector-source-settlement.js'

const numbered = (count: number, from = 0): string[] => Array.from({ length: count }, (_, i) => `{"n":${from + i}}`)
const sorted = (texts: Iterable<string>): string[] => [...new Set(texts)].sort()

/** What a source owes when its connection breaks or its peer is away. */
export const cutCases = ({ redelivers = true }: SourceHarness): readonly SourceCase[] => [
  {
    name: 'loses nothing over a connection that breaks again and again',
    async run(place, near) {
      if (!place.cut || !redelivers) return
      const reader = await place.source().open(near.context)
      await near.until('it is connected', () => reader.status().connected)
      const got: string[] = []
      for (let round = 0; round < 3; round++) {
        const texts = numbered(100, round * 100)
        await place.send(texts)
        await place.cut()
        const wanted = new Set(texts)
        while (wanted.size > 0) {
          const { texts: some } = await read(reader, near, { distinct: 1, each: receipt => reader.settle(receipt) })
          for (const text of some) wanted.delete(text)
          got.push(...some)
        }
      }
      mustEqual(sorted(got), sorted(numbered(300)), 'texts')
      mustBe((reader.status().reconnects ?? 0) >= 1, 'reconnects are counted', reader.status())
      await reader.close('release')
      await near.until('no timer is left', () => near.timers() === 0, 5_000)
    },
  },
  {
    name: 'waits for a peer that is away, says so, and goes on by itself',
    async run(place, near) {
      if (!place.peer) return
      const before = await place.source().open(near.context)
      await near.until('it is connected', () => before.status().connected)
      await before.close('release')
      await place.peer.stop()
      const reader = await place.source().open(near.context)
      const first = reader.next()
      await near.until('it says that it is not connected', () => !reader.status().connected && reader.status().downSince !== undefined)
      await near.until('it says why', () => reader.status().error !== undefined)
      const { detail, error, live } = reader.status()
      mustBe(!live && detail.length > 3 && error !== undefined && error.code in catalogue, 'with an error of the catalogue', {
        detail,
        error,
      })
      const found = await near.within('the check ends', place.source().check(near.context, 2_000))
      mustBe(
        found.some(({ ok, severity, code }) => !ok && severity === 'warning' && code !== undefined && code in catalogue),
        'the check warns of an absent peer',
        found,
      )
      await place.peer.start()
      await near.until('it is connected', () => reader.status().connected, 60_000)
      await place.send(numbered(1))
      const chunk = await near.within('a message comes', first)
      mustBe(chunk?.length === 1, 'a message comes')
      reader.settle(chunk.receipt)
      await reader.close('release')
    },
  },
  {
    name: 'closes while its peer is away, and leaves no timer',
    async run(place, near) {
      if (!place.peer) return
      await place.peer.stop()
      const reader = await place.source().open(near.context)
      const pending = reader.next()
      await near.pause(50)
      await near.within('it closes', reader.close('release'), 5_000)
      mustBe((await near.within('the pending next ends', pending)) === undefined, 'with undefined')
      await near.until('no timer is left', () => near.timers() === 0, 5_000)
      await place.peer.start()
    },
  },
]
