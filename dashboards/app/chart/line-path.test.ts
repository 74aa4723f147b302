import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bandPath, linePath, type Pen } from './line-path.js'

/** Writes down where it was led; pieces begin at each `moveTo`. */
class Notes implements Pen {
  readonly pieces: (readonly [x: number, y: number])[][] = []
  moveTo(x: number, y: number): void {
    this.pieces.push([[x, y]])
  }
  lineTo(x: number, y: number): void {
    this.pieces.at(-1)?.push([x, y])
  }
  closePath(): void {}
}

const asIs = { x: (time: number) => time, y: (value: number) => value }
const line = (x: readonly number[], values: readonly number[], gap: number, scale = asIs) =>
  linePath(new Notes(), { x: Float64Array.from(x), gap }, Float64Array.from(values), scale).pieces

describe('the line of a series', () => {
  test('passes over absent values and breaks where too much time is empty', () => {
    expect(line([0, 10, 20, 100], [1, Number.NaN, 3, 4], 30)).toEqual([
      [
        [0, 1],
        [20, 3],
      ],
      [[100, 4]],
    ])
    expect(line([0, 10], [Number.NaN, Number.NaN], 30)).toEqual([])
  })

  test('what shares a column is drawn as its lowest and highest, in the order in which they came', () => {
    expect(line([0, 0.5, 1, 10], [5, 9, 1, 4], 100)).toEqual([
      [
        [0, 9],
        [0, 1],
        [10, 4],
      ],
    ])
  })

  test('loses no peak and no break, and costs two points a column at most', () => {
    const point = fc.record({ step: fc.double({ min: 0.01, max: 12, noNaN: true }), value: fc.option(fc.integer({ min: -50, max: 50 })) })
    fc.assert(
      fc.property(fc.array(point, { maxLength: 200 }), fc.integer({ min: 1, max: 20 }), (points, gap) => {
        let time = 0
        const x = points.map(({ step }) => (time += step))
        const values = points.map(({ value }) => value ?? Number.NaN)
        const known = x.flatMap((at, i) => (Number.isNaN(values[i]) ? [] : [[at, values[i]!] as const]))
        const pieces = line(x, values, gap)
        // The oracle cuts at every long gap by itself.
        const expected: (readonly [number, number])[][] = []
        known.forEach(([at, value], i) => {
          const before = known[i - 1]
          if (!before || at - before[0] > gap) expected.push([])
          expected.at(-1)!.push([at, value])
        })
        expect(pieces.map(piece => piece[0]![0])).toEqual(expected.map(piece => piece[0]![0]))
        pieces.forEach((piece, i) => {
          const wanted = expected[i]!.map(([, value]) => value)
          const drawn = piece.map(([, value]) => value)
          expect([Math.min(...drawn), Math.max(...drawn)]).toEqual([Math.min(...wanted), Math.max(...wanted)])
          const columns = new Set(piece.map(([at]) => at))
          expect(piece.length).toBeLessThanOrEqual(columns.size * 2)
        })
      }),
    )
  })
})

test('a band has its highs on the way there and its lows on the way back, and none for a single point', () => {
  const band = (x: readonly number[], lows: readonly number[], highs: readonly number[]) =>
    bandPath(new Notes(), { x: Float64Array.from(x), gap: 15 }, Float64Array.from(lows), Float64Array.from(highs), asIs).pieces
  const way = [
    [0, 5],
    [0, 5],
    [10, 6],
    [10, 2],
    [0, 1],
  ]
  expect(band([0, 10, 40], [1, 2, 3], [5, 6, 7])).toEqual([way])
  expect(band([0, 10], [1, Number.NaN], [5, 6])).toEqual([])
})
