import { describe, expect, it } from 'vitest'
import { DeedQueue } from './deed-queue.js'

describe('DeedQueue', () => {
  it('runs one deed after the other, goes on after one that fails, and is full at four', async () => {
    const queue = new DeedQueue()
    const order: string[] = []
    const deed = (name: string) => async (): Promise<void> => {
      order.push(`${name} begins`)
      await new Promise(resolve => setImmediate(resolve))
      order.push(`${name} ends`)
      if (name === 'b') throw new Error(name)
    }
    const done = ['a', 'b', 'c', 'd'].map(name => queue.run(deed(name)))
    expect(queue.full).toBe(true)
    const outcomes = await Promise.allSettled(done)
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
    expect(order).toEqual(['a', 'b', 'c', 'd'].flatMap(name => [`${name} begins`, `${name} ends`]))
    await new Promise(resolve => setImmediate(resolve))
    expect(queue.full).toBe(false)
  })
})
