import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Held } from './held.js'

test('gives what entries caused once they are durable, in order and once, however it is asked', () => {
  const step = fc.oneof(fc.record({ add: fc.nat(3) }), fc.record({ take: fc.nat(8) }))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), steps => {
      const held = new Held<number>()
      let model: { entry: number; item: number }[] = []
      let entry = 1
      let item = 0
      for (const next of steps) {
        if ('add' in next) {
          entry += next.add
          held.add(entry, ++item)
          model.push({ entry, item })
        } else {
          const due = model.filter(one => one.entry <= next.take)
          model = model.filter(one => one.entry > next.take)
          expect(held.take(next.take)).toEqual(due.map(one => one.item))
        }
        expect(held.all()).toEqual(model.map(one => one.item))
        expect(held.oldestEntry).toBe(model[0]?.entry ?? Number.POSITIVE_INFINITY)
      }
    }),
  )
})
