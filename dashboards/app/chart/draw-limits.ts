import type uPlot from 'uplot'
import { exactly } from '../text/format.js'
import { type LayerInput, ratioOf } from './draw-layers.js'
import { type Box, crossings, freestBox } from './free-place.js'
import { plotScale } from './line-path.js'

/** A limit on the canvas. */
interface Limit {
  readonly words: string
  readonly colour: string
  readonly y: number
  /** Whether it lies beyond the scale: it is named at the edge then, with an arrow. */
  readonly beyond: 'over' | 'under' | undefined
}

/** The limits of a chart; those that are only just beyond the data are within its scale. */
const limitsOf = (u: uPlot, { palette, thresholds, unit }: LayerInput): readonly Limit[] => {
  const { min, max } = u.scales['y'] ?? {}
  if (min == null || max == null) return []
  return thresholds.flatMap(({ above, below, level, label, for: lasting }) =>
    [
      { value: above, word: 'upper limit' },
      { value: below, word: 'lower limit' },
    ].flatMap(({ value, word }): readonly Limit[] => {
      if (value === undefined) return []
      const beyond = value > max ? 'over' : value < min ? 'under' : undefined
      const words = `${label ?? word} ${exactly(value, unit)}${lasting === undefined ? '' : ` for ${lasting.replace(/(?<=\d)(?=[a-z])/, ' ')}`}`
      const y = beyond === 'over' ? u.bbox.top : beyond === 'under' ? u.bbox.top + u.bbox.height : u.valToPos(value, 'y', true)
      const arrow = beyond === 'over' ? ' ↑' : beyond === 'under' ? ' ↓' : ''
      return [{ words: words + arrow, colour: level === 'warning' ? palette.amber : palette.red, y, beyond }]
    }),
  )
}

/** Limits where they are, under the data. */
export const drawLimits = (u: uPlot, input: LayerInput): void => {
  const ratio = ratioOf(input)
  const { ctx, bbox } = u
  ctx.save()
  ctx.lineWidth = 1.2 * ratio
  ctx.setLineDash([5 * ratio, 4 * ratio])
  for (const { y, colour, beyond } of limitsOf(u, input)) {
    if (beyond) continue
    ctx.strokeStyle = colour
    ctx.beginPath()
    ctx.moveTo(bbox.left, y)
    ctx.lineTo(bbox.left + bbox.width, y)
    ctx.stroke()
  }
  ctx.restore()
}

/** Where words of a limit may stand. */
interface Place extends Box {
  readonly name: string
}

/**
 * The words of the limits, over the data, where the fewest lines are; on a ground of their own, for there may be no free place.
 *
 * @param places where words stood in the last picture, by their text; kept up to date
 */
export const drawLimitWords = (u: uPlot, input: LayerInput, places: Map<string, string>): void => {
  const ratio = ratioOf(input)
  const { ctx } = u
  const { palette, data } = input
  const scale = plotScale(u)
  const taken: Box[] = []
  ctx.save()
  ctx.font = `${11.5 * ratio}px ${palette.font}`
  ctx.textAlign = 'left'
  ctx.textBaseline = 'middle'
  for (const limit of limitsOf(u, input)) {
    const boxes = boxesFor(limit, ctx.measureText(limit.words).width, u.bbox, ratio)
    const before = boxes.find(({ name }) => name === places.get(limit.words))
    const box = freestBox(boxes, taken, one => crossings(one, data, scale), before)
    if (!box) continue
    places.set(limit.words, box.name)
    taken.push(box)
    ctx.globalAlpha = 0.86
    ctx.fillStyle = palette.card
    ctx.fillRect(box.left, box.top, box.right - box.left, box.bottom - box.top)
    ctx.globalAlpha = 1
    ctx.fillStyle = limit.colour
    ctx.fillText(limit.words, box.left + padding * ratio, (box.top + box.bottom) / 2)
  }
  ctx.restore()
}

const padding = 4
const height = 17

/** Where the words may stand: at either end, over or under their line, within the plot. */
const boxesFor = ({ y, beyond }: Limit, textWidth: number, bbox: uPlot.BBox, ratio: number): readonly Place[] => {
  const width = textWidth + 2 * padding * ratio
  const lefts = [bbox.left + ratio, bbox.left + bbox.width - width - ratio]
  const tops = { over: y - (height + 1) * ratio, under: y + 2 * ratio }
  return (['over', 'under'] as const)
    .filter(side => beyond !== side)
    .flatMap(side => lefts.map((left, i) => ({ name: `${side} ${i}`, left, top: tops[side], right: left + width })))
    .map(place => ({ ...place, bottom: place.top + height * ratio }))
    .filter(({ top, bottom }) => top >= bbox.top - 1 && bottom <= bbox.top + bbox.height + 1)
}
