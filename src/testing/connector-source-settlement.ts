import { mustBe, mustEqual } from './connector-case.js'
import { filled, read } from './connector-reading.js'
import type { SourceHarness, SourcePlace } from './connector-source-harness.js'
import type { Surroundings } from './connector-surroundings.js'

/** A case of a source, on a fresh place. */
export interface SourceCase {
  readonly name: string
  run(place: SourcePlace, near: Surroundings): Promise<void>
}

const numbered = (count: number, from = 0): string[] => Array.from({ length: count }, (_, i) => `{"n":${from + i}}`)
const sorted = (texts: Iterable<string>): string[] => [...new Set(texts)].sort()

/** What settlement, release and drain promise. */
export function sourceCases(harness: SourceHarness): readonly SourceCase[] {
  const { endless, redelivers = true } = harness
  const begin = (place: SourcePlace, near: Surroundings, texts: readonly string[]) => filled(place, near, harness, texts)
  const cases: readonly (SourceCase & { readonly when?: boolean })[] = [
    {
      name: 'what was settled does not come again, what was not does',
      when: redelivers,
      async run(place, near) {
        const texts = numbered(300)
        const first = await begin(place, near, texts.slice(0, 150))
        const settled = (await read(first, near, { distinct: 150, each: receipt => first.settle(receipt) })).texts
        if (endless) await near.until('nothing is unsettled', () => (first.status().unsettled ?? 0) === 0)
        await place.send(texts.slice(150))
        await read(first, near, { distinct: endless ? 100 : 1 })
        await first.close('release')
        const second = await place.source().open(near.context)
        const rest = (await read(second, near, { distinct: 150, each: receipt => second.settle(receipt) })).texts
        mustEqual(sorted(rest), sorted(texts.slice(150)), 'what comes again')
        if (harness.keepsOrder) mustEqual(rest, texts.slice(150), 'its order')
        mustBe(!rest.some(text => settled.includes(text)), 'nothing that was settled comes again')
        await second.close('release')
      },
    },
    {
      name: 'settling a receipt settles all before it; settling it twice, or an older one, changes nothing',
      async run(place, near) {
        const reader = await begin(place, near, numbered(50))
        const receipts: number[] = []
        await read(reader, near, { distinct: 50, each: receipt => receipts.push(receipt) })
        reader.settle(receipts.at(-1)!)
        reader.settle(receipts[0]!)
        reader.settle(receipts.at(-1)!)
        if (reader.status().unsettled !== undefined) await near.until('nothing is unsettled', () => (reader.status().unsettled ?? 0) === 0)
        await place.send(endless ? numbered(10, 50) : [])
        if (endless) await read(reader, near, { distinct: 10, each: receipt => reader.settle(receipt) })
        await reader.close('release')
      },
    },
    {
      name: 'a message that is rejected, or accepted beside one, does not come again',
      when: redelivers,
      async run(place, near) {
        const reader = await begin(place, near, numbered(20))
        const last = (await read(reader, near, { distinct: 20 })).receipts.at(-1)!
        reader.settle(last, [
          { receipt: last, index: 0, outcome: { outcome: 'rejected', condition: 'amqp:decode-error', description: 'cannot be read' } },
        ])
        await reader.close('release')
        await place.send(numbered(1, 100))
        const again = await place.source().open(near.context)
        const { texts } = await read(again, near, { distinct: 1, each: receipt => again.settle(receipt) })
        mustEqual(texts, numbered(1, 100), 'what comes afterwards')
        await again.close('release')
      },
    },
    {
      name: 'drain gives what has arrived, then the end; it can still be settled',
      async run(place, near) {
        const reader = await begin(place, near, numbered(200))
        const first = await near.within('a chunk comes', reader.next())
        mustBe(first !== undefined, 'a chunk comes')
        const before = first.length
        const receipt = first.receipt
        await reader.close('drain')
        const drained = await read(reader, near, {})
        mustBe(drained.ended, 'then comes the end')
        reader.settle(drained.receipts.at(-1) ?? receipt)
        await reader.close('release')
        if (!redelivers) return
        const again = await place.source().open(near.context)
        await place.send(numbered(1, 500))
        const rest = await read(again, near, { distinct: 200 - before - drained.texts.length + 1, each: now => again.settle(now) })
        mustBe(!rest.texts.some(text => drained.texts.includes(text)), 'what was drained and settled does not come again')
        await again.close('release')
      },
    },
    {
      name: 'a pending `next` ends when the source is closed; closing twice is harmless; no timer is left',
      async run(place, near) {
        const reader = await begin(place, near, endless ? [] : numbered(1))
        if (!endless) await read(reader, near, {})
        const pending = reader.next()
        await near.pause(20)
        await near.within('it closes', reader.close('release'))
        mustBe((await near.within('the pending next ends', pending)) === undefined, 'with undefined')
        await near.within('it closes again', reader.close('release'))
        mustBe((await near.within('next after close ends', reader.next())) === undefined, 'with undefined')
        await near.until('no timer is left', () => near.timers() === 0, 5_000)
      },
    },
  ]
  return cases.filter(({ when }) => when !== false)
}
