import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Box, crossings, freestBox } from './free-place.js'

/** A pixel is a ms, and a unit. */
const scale = { x: (time: number) => time, y: (value: number) => value }
const line = (...points: readonly (readonly [x: number, y: number])[]) => ({
  x: Float64Array.from(points, ([x]) => x),
  values: [Float64Array.from(points, ([, y]) => y)],
  gap: 100,
})
const box: Box = { left: 10, top: 10, right: 50, bottom: 20 }

describe('whether lines go through a box', () => {
  test.each([
    ['beside it', line([0, 15], [9, 15]), 0],
    ['above it', line([0, 5], [60, 9]), 0],
    ['through it, without a point in it', line([0, 0], [60, 30]), 1],
    ['past its corner', line([0, 18], [12, 30]), 0],
    ['to a point in it and away', line([0, 0], [30, 15], [60, 0]), 2],
    ['as a lone point', line([30, 15]), 1],
    ['upright', line([30, 0], [30, 40]), 1],
    ['with a break over it', line([0, 15], [150, 15]), 0],
    ['over an absent value beside it', line([0, 15], [5, Number.NaN], [60, 15]), 1],
    ['over an absent value', line([0, 15], [30, Number.NaN], [60, 15]), 1],
  ] as const)('%s', (_, data, expected) => expect(crossings(box, data, scale)).toBe(expected))

  test('the same as walking along the line pixel by pixel', () => {
    const points = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 2, maxLength: 8 })
    fc.assert(
      fc.property(points, fc.integer({ min: 2, max: 20 }), (ys, step) => {
        const data = line(...ys.map((y, i) => [i * step, y] as const))
        const walked = ys.slice(1).filter((y, i) => {
          for (let part = 0; part <= 400; part++) {
            const at = i * step + (part / 400) * step
            const height = ys[i]! + (part / 400) * (y - ys[i]!)
            if (at >= box.left && at <= box.right && height >= box.top && height <= box.bottom) return true
          }
          return false
        }).length
        // Who walks in small steps may miss a corner that is only just touched.
        const larger = { left: box.left - 0.3, top: box.top - 0.3, right: box.right + 0.3, bottom: box.bottom + 0.3 }
        const smaller = { left: box.left + 0.3, top: box.top + 0.3, right: box.right - 0.3, bottom: box.bottom - 0.3 }
        expect(crossings(smaller, data, scale)).toBeLessThanOrEqual(walked)
        expect(crossings(larger, data, scale)).toBeGreaterThanOrEqual(walked)
      }),
      { numRuns: 300 },
    )
  })
})

test('thousands of points beside a box are not looked at', () => {
  let looked = 0
  const x = (time: number): number => {
    looked++
    return time
  }
  const many = { x: Float64Array.from({ length: 100_000 }, (_, i) => i), values: [new Float64Array(100_000).fill(15)], gap: 100 }
  const far: Box = { left: 99_000, top: 10, right: 99_010, bottom: 20 }
  expect(crossings(far, many, { ...scale, x })).toBe(12)
  expect(looked).toBeLessThan(100)
})

test('the freest box is on no other words, then on few lines; of equals it is the first', () => {
  const at = (left: number): Box => ({ left, top: 0, right: left + 10, bottom: 10 })
  const boxes = [at(0), at(20), at(40)]
  expect(freestBox(boxes, [], () => 0)).toBe(boxes[0])
  expect(freestBox(boxes, [at(5)], () => 0)).toBe(boxes[1])
  expect(freestBox(boxes, [at(5)], ({ left }) => 40 - left)).toBe(boxes[2])
  expect(freestBox(boxes, [at(5), at(25), at(45)], ({ left }) => left)).toBe(boxes[0])
  expect(freestBox([], [], () => 0)).toBeUndefined()
  const [first, second, third] = boxes
  const lines =
    (...crossed: readonly number[]) =>
    (box: Box): number =>
      crossed[boxes.findIndex(({ left }) => left === box.left)]!
  // Where words stand they stay, until another place is far better, or free.
  expect(freestBox(boxes, [], lines(0, 0, 0), second)).toBe(second)
  expect(freestBox(boxes, [], lines(0, 1, 0), second)).toBe(first)
  expect(freestBox(boxes, [], lines(20, 9, 12), third)).toBe(third)
  expect(freestBox(boxes, [], lines(20, 9, 20), third)).toBe(second)
  expect(freestBox(boxes, [at(45)], lines(3, 3, 0), third)).toBe(first)
})
