import { describe, expect, it } from 'vitest'
import { recordingLog } from '../../test/support/recording-log.js'
import { AlertBook } from '../alerts/alert-book.js'
import { openClimate, outputs } from '../alerts/alerts-fixture.js'
import type { KeptBytes } from '../model/kept-bytes.js'
import { virtualTime } from '../runtime/seams/virtual-time.js'
import { AlertMemory } from './alert-memory.js'
import { fixtureHost } from './server-fixture.js'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Bytes of each job in memory, whose saves end when the test says so, or fail. */
class FakeKept {
  readonly bytes = new Map<string, Uint8Array>()
  readonly saves: (() => void)[] = []
  failure: Error | undefined

  of(job: string): KeptBytes {
    return {
      load: async () => this.bytes.get(job),
      save: bytes =>
        new Promise((resolve, reject) => {
          this.saves.push(() => {
            if (this.failure) return reject(this.failure)
            this.bytes.set(job, bytes)
            resolve()
          })
        }),
    }
  }
}

const started = async (kept?: FakeKept) => {
  const host = fixtureHost(virtualTime(0))
  host.openClimate('rooms')
  const log = recordingLog()
  const book = new AlertBook()
  const memory = new AlertMemory(kept ? { ...host, kept: job => kept.of(job) } : host, book, log)
  await memory.load()
  const view = openClimate()
  view.apply(outputs(['a', 'b', 'c'].map(room => ({ room, mean: 30, minute: 1 }))))
  book.follow('rooms', [view], [{ view: 'climate', column: 'mean', above: 28, forMs: 0, level: 'critical' }])
  const seen = () =>
    book
      .alerts()
      .filter(({ acknowledgedAt }) => acknowledgedAt !== undefined)
      .map(({ key }) => key['room'])
      .sort()
  const acknowledge = (room: string) => {
    book.acknowledge(book.alerts().find(({ key }) => key['room'] === room)!.id, 7)
    return memory.save('rooms')
  }
  return { log, book, seen, acknowledge }
}

describe('what people have seen of alerts', () => {
  it('is known to the next process when its save is over; saves asked for meanwhile are one', async () => {
    const kept = new FakeKept()
    const { acknowledge, log } = await started(kept)
    const first = acknowledge('a')
    const others = [acknowledge('b'), acknowledge('c')]
    expect(kept.saves).toHaveLength(1)
    expect((await started(kept)).seen()).toEqual([])
    kept.saves[0]!()
    await first
    expect((await started(kept)).seen()).toEqual(['a'])
    expect(kept.saves).toHaveLength(2)
    kept.saves[1]!()
    await Promise.all(others)
    expect(kept.saves).toHaveLength(2)
    const next = await started(kept)
    expect(next.seen()).toEqual(['a', 'b', 'c'])
    expect(next.book.alerts()[0]).toMatchObject({ acknowledgedAt: 7 })
    expect([...log.lines, ...next.log.lines]).toEqual([])
  })

  it.each(['{', '{}', '["a"]', '[["id", "x", 3]]', '[[1, 2, 3]]', '\xff'])(
    'is forgotten, and that said, where the file says %j',
    async text => {
      const kept = new FakeKept()
      kept.bytes.set('rooms', text === '\xff' ? Uint8Array.of(0xff) : bytes(text))
      const { seen, log, acknowledge } = await started(kept)
      expect(seen()).toEqual([])
      expect(log.lines).toMatchObject([{ level: 'warn', fields: { code: 'MR536', job: 'rooms' } }])
      const again = acknowledge('b')
      kept.saves[0]!()
      await again
      expect((await started(kept)).seen()).toEqual(['b'])
    },
  )

  it('is remembered by the process where it cannot be kept, and the log says why', async () => {
    const kept = new FakeKept()
    kept.failure = new Error('ENOSPC: no space left on device')
    const { acknowledge, seen, log } = await started(kept)
    const failed = acknowledge('a')
    kept.saves[0]!()
    await failed
    expect(seen()).toEqual(['a'])
    expect(log.lines).toMatchObject([
      { level: 'warn', message: expect.stringContaining('no space left') as string, fields: { code: 'MR536' } },
    ])
  })

  it('is remembered by the process alone where no data folder is, said once', async () => {
    const { acknowledge, seen, log } = await started()
    await acknowledge('a')
    await acknowledge('b')
    expect(seen()).toEqual(['a', 'b'])
    expect(log.lines).toMatchObject([{ level: 'info', message: expect.stringContaining('no data folder') as string }])
  })
})
