import type { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { virtualTime } from '../runtime/seams/virtual-time.js'
import { RowStreams } from './row-streams.js'

const pieces = function* (count: number) {
  for (let i = 0; i < count; i++) yield 'x'.repeat(65_536)
}
const ended = (stream: Readable): Promise<string> =>
  new Promise(resolve => stream.on('end', () => resolve('whole')).on('error', error => resolve(error.message)))

describe('RowStreams', () => {
  it('makes a piece only when the one before was taken', async () => {
    const time = virtualTime()
    let made = 0
    const counted = function* () {
      for (const piece of pieces(1000)) {
        made++
        yield piece
      }
    }
    const stream = new RowStreams(time).open(['a', 'b'], counted())
    stream.once('readable', () => stream.read(1))
    await time.settle()
    expect(made).toBeLessThan(10)
    const end = ended(stream)
    stream.resume()
    expect(await end).toBe('whole')
    expect(made).toBe(1000)
  })

  it('gives everyone else a turn between two pieces, however fast they are taken', async () => {
    let turns = 0
    const stream = new RowStreams(virtualTime()).open([], pieces(100))
    const end = ended(stream.resume())
    const turn = (): void => {
      turns++
      if (!stream.destroyed) setImmediate(turn)
    }
    setImmediate(turn)
    expect(await end).toBe('whole')
    expect(turns).toBeGreaterThan(90)
  })

  it('ends an answer that nobody takes, as failed, and counts it', async () => {
    const time = virtualTime()
    const streams = new RowStreams(time)
    const stream = streams.open(['a', 'b'], pieces(1000))
    const end = ended(stream)
    stream.once('readable', () => stream.read(1))
    await time.advance(29_000)
    expect(stream.destroyed).toBe(false)
    await time.advance(31_000)
    expect(await end).toBe('the reader took nothing for 30 s')
    expect(streams.stalled).toBe(1)
  })

  it('takes so many and no more, until one is done', async () => {
    const time = virtualTime()
    const streams = new RowStreams(time)
    const open = Array.from({ length: 32 }, () => streams.open(['a', 'b'], pieces(9)))
    expect(() => streams.open(['a', 'b'], pieces(9))).toThrow(expect.objectContaining({ code: 'MR513' }))
    const end = ended(open[0]!)
    open[0]!.resume()
    await end
    await time.settle()
    expect(() => streams.open(['a', 'b'], pieces(9))).not.toThrow()
  })

  it('passes a failure on instead of ending early', async () => {
    const failing = function* (): Generator<string> {
      yield 'c'
      throw new Error('broken')
    }
    const stream = new RowStreams(virtualTime()).open(['a', 'b'], failing())
    const end = ended(stream)
    stream.resume()
    expect(await end).toBe('broken')
  })

  it('fails what is open when the server stops', async () => {
    const streams = new RowStreams(virtualTime())
    const end = ended(streams.open(['a', 'b'], pieces(9)))
    streams.close()
    expect(await end).toBe('the server stops')
  })
})
