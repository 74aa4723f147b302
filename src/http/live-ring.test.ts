import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { LiveRing } from './live-ring.js'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const views = new Set(['climate'])
const offsets = (ring: LiveRing, after: number): number[] => ring.after(after, views).map(({ offset }) => offset)

describe('the ring of frames', () => {
  it('keeps the latest frames within its bound, and says from where on it is whole', () => {
    const ring = new LiveRing(100, 7)
    for (let offset = 8; offset < 1_000; offset++) {
      const view = offset % 2 === 0 ? 'climate' : 'other'
      ring.push({ offset, view, frame: Buffer.alloc(10) })
      const oldest = Math.max(8, offset - 9)
      expect(ring.complete).toBe(oldest - 1)
      const kept = Array.from({ length: offset - oldest + 1 }, (_, i) => oldest + i).filter(at => at % 2 === 0)
      expect(offsets(ring, 0)).toEqual(kept)
    }
    expect(offsets(ring, 997)).toEqual([998])
  })

  it('keeps nothing of a frame that is larger than itself', () => {
    const ring = new LiveRing(100, 0)
    ring.push({ offset: 1, view: 'climate', frame: Buffer.alloc(10) })
    ring.push({ offset: 2, view: 'climate', frame: Buffer.alloc(101) })
    expect([ring.complete, offsets(ring, 0)]).toEqual([2, []])
  })

  it('lets go of the memory of frames that it no longer gives', async () => {
    const ring = new LiveRing(4_000, 0)
    const frames: WeakRef<Buffer>[] = []
    for (let offset = 1; offset <= 200; offset++) {
      const frame = Buffer.alloc(1_000)
      frames.push(new WeakRef(frame))
      ring.push({ offset, view: 'climate', frame })
    }
    await setImmediate()
    collect()
    expect(frames.filter(frame => frame.deref() !== undefined).length).toBeLessThanOrEqual(4)
  })
})
