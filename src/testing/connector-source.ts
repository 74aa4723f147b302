import { catalogue } from '../model/errors/catalogue.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import { type ConformanceCase, mustBe, mustEqual } from './connector-case.js'
import { filled, read } from './connector-reading.js'
import { cutCases } from './connector-source-cuts.js'
import type { SourceHarness, SourcePlace } from './connector-source-harness.js'
import { type SourceCase, sourceCases } from './connector-source-settlement.js'
import { surroundings } from './connector-surroundings.js'

/** What a socket or file gives at once may lie beside the buffer. */
const oneRead = 64 * 1024 + 2_048
const numbered = (count: number, from = 0): string[] => Array.from({ length: count }, (_, i) => `{"n":${from + i}}`)

/**
 * The cases that every source of Millrace passes, for whatever runner. Each opens a fresh place of the harness and
 * takes part in nothing else, so they may run in any order; each ends within a minute.
 *
 * @example
 * for (const { name, run } of sourceConformance(harness)) test(name, run)
 */
export function sourceConformance(harness: SourceHarness): readonly ConformanceCase[] {
  const all: readonly SourceCase[] = [...reading(harness), ...sourceCases(harness), ...cutCases(harness), ...speech(harness)]
  return all.map(({ name, run }) => ({
    name: `${harness.name}: ${name}`,
    async run() {
      const near = surroundings(harness.context)
      const place = await harness.place()
      try {
        await run(place, near)
      } finally {
        await place.close()
      }
      for (const secret of harness.secrets ?? []) mustBe(!near.logged().includes(secret), 'no secret is logged')
    },
  }))
}

const reading = (harness: SourceHarness): readonly SourceCase[] => [
  {
    name: 'gives what was sent, in order, once each',
    async run(place, near) {
      const reader = await filled(place, near, harness, numbered(500))
      const { texts } = await read(reader, near, { ...(harness.endless ? { distinct: 500 } : {}), each: receipt => reader.settle(receipt) })
      const inOrder = (all: readonly string[]) => (harness.unordered ? all.toSorted() : all)
      mustEqual(inOrder(texts), inOrder(numbered(500)), 'texts')
      await reader.close('release')
    },
  },
  {
    name: harness.endless
      ? 'waits while nothing is there, and gives the first message at once'
      : 'says that it has ended, and says it again',
    async run(place, near) {
      if (!harness.endless) {
        await place.send(numbered(3))
        const reader = await open(place, near)
        await read(reader, near, {})
        mustBe((await near.within('the end is said again', reader.next())) === undefined, 'after the end comes nothing')
        await reader.close('release')
        return
      }
      const reader = await filled(place, near, harness, [])
      let came = false
      const first = reader.next().then(chunk => {
        came = true
        return chunk
      })
      await near.pause(100)
      mustBe(!came, 'nothing comes before something was sent')
      await place.send(numbered(1))
      const chunk = await near.within('the first message comes', first)
      mustBe(chunk?.length === 1, 'a chunk of one message')
      reader.settle(chunk.receipt)
      await reader.close('release')
    },
  },
  {
    name: 'keeps no more than its buffer while nobody asks, and loses nothing',
    async run(place, near) {
      if (harness.boundsMemory === false) return
      const bound = 64 * 1024
      const text = (n: number) => `{"n":${n},"fill":"${'x'.repeat(1_000)}"}`
      const texts = Array.from({ length: 600 }, (_, n) => text(n))
      // A peer keeps nothing for a reader that it has never seen.
      if (harness.endless) await (await filled(place, near, harness, [])).close('release')
      const lent = { ...near.context, bufferBytes: bound }
      const reader = await place.source().open(lent)
      // What is said while nobody listens is gone where nothing comes again.
      if (harness.redelivers === false) await near.until('it is connected', () => reader.status().connected)
      const sent = place.send(texts)
      await near.pause(500)
      const waiting = reader.status().bufferedBytes ?? 0
      mustBe(waiting <= bound + oneRead, 'what waits is bounded by bufferBytes', { waiting, bound })
      const { texts: got } = await read(reader, near, { distinct: 600, each: receipt => reader.settle(receipt) })
      await near.within('everything was sent', sent)
      mustEqual([...new Set(got)].sort(), [...texts].sort(), 'texts')
      await reader.close('release')
    },
  },
]

const speech = (harness: SourceHarness): readonly SourceCase[] => [
  {
    name: 'says how it fares, in words, and its parameters are plain data without secrets',
    async run(place, near) {
      const spec = place.source()
      const params = JSON.stringify(spec.params)
      mustEqual([JSON.parse(params)], [spec.params], 'parameters are JSON')
      const reader = await filled(place, near, harness, numbered(2))
      await read(reader, near, { distinct: 2, each: receipt => reader.settle(receipt) })
      if (harness.endless) await near.until('it is connected, live, with nothing unsettled', () => isAtRest(reader.status()))
      const status = reader.status()
      mustBe(status.detail.trim().length > 3, 'the status is a sentence', status)
      mustBe(status.downSince === undefined, 'a source that is connected is not down', status)
      await reader.close('release')
      const closed = reader.status()
      mustBe(!closed.live && closed.detail !== '', 'a closed source is not live, and says so', closed)
      for (const secret of harness.secrets ?? [])
        mustBe(![params, JSON.stringify(status), JSON.stringify(closed)].some(text => text.includes(secret)), 'no secret is shown')
    },
  },
  {
    name: 'answers `check` for a peer that is there',
    async run(place, near) {
      await place.send(numbered(1))
      const found = await near.within('the check ends', place.source().check(near.context, 10_000))
      mustBe(found.length > 0 && found.every(({ ok, message }) => ok && message.length > 3), 'the check finds the peer', found)
    },
  },
  {
    name: 'refuses wrong credentials with an error of the catalogue, and does not try for ever',
    async run(_place, near) {
      const refused = await harness.refused?.()
      if (!refused) return
      try {
        const found = await near.within('the check ends', refused.source.check(near.context, 10_000))
        mustBe(
          found.some(({ ok, code, severity }) => !ok && severity === 'error' && code !== undefined && code in catalogue),
          'the check calls it an error',
          found,
        )
        const error = await near.within('reading fails', refusal(refused.source, near.context))
        mustBe(error instanceof MillraceError && error.action === 'stop', 'the reader stops with an error of the catalogue', String(error))
        for (const secret of harness.secrets ?? []) mustBe(!`${error} ${JSON.stringify(found)}`.includes(secret), 'no secret is told')
      } finally {
        await refused.close()
      }
      await near.until('no timer is left', () => near.timers() === 0, 5_000)
    },
  },
]

const isAtRest = (status: ReturnType<Awaited<ReturnType<typeof open>>['status']>): boolean =>
  status.connected && status.live && (status.unsettled ?? 0) === 0

const open = (place: SourcePlace, near: ReturnType<typeof surroundings>) => near.within('it opens', place.source().open(near.context))

/** What a reader fails with, be it at `open` or at `next`. */
async function refusal(source: ReturnType<SourcePlace['source']>, context: Parameters<typeof source.open>[0]): Promise<unknown> {
  let reader: Awaited<ReturnType<typeof source.open>> | undefined
  try {
    reader = await source.open(context)
    await reader.next()
    return undefined
  } catch (error) {
    return error
  } finally {
    await reader?.close('release')
  }
}
