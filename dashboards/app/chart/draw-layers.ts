import type uPlot from 'uplot'
import type { Threshold } from '../../../src/dashboard/dashboard.js'
import { plural } from '../text/format.js'
import { shortName } from '../text/short-name.js'
import type { ChartData } from './chart-data.js'
import { type EndLabel, spreadLabels } from './end-labels.js'
import { bandPath, linePath, plotScale } from './line-path.js'
import type { Palette } from './palette.js'

/** What the layers need beside uPlot's own scales. */
export interface LayerInput {
  readonly data: ChartData
  /** The job's clock. */
  readonly now: number
  readonly colours: readonly string[]
  readonly names: readonly string[]
  readonly palette: Palette
  readonly thresholds: readonly Threshold[]
  readonly unit: string | undefined
  readonly format: (value: number) => string
}

/** Canvas pixels for a pixel of the usual type size. */
export const ratioOf = ({ palette }: LayerInput): number => (devicePixelRatio || 1) * palette.scale

const clipToPlot = (u: uPlot, draw: (ctx: CanvasRenderingContext2D) => void): void => {
  const { ctx, bbox } = u
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  ctx.clip()
  draw(ctx)
  ctx.restore()
}

/** Min–max bands, under the lines. */
export const drawBands = (u: uPlot, input: LayerInput): void => {
  const { data, colours, palette } = input
  const scale = plotScale(u)
  clipToPlot(u, ctx => {
    if (data.others) {
      ctx.globalAlpha = 0.16
      ctx.fillStyle = palette.soft
      ctx.fill(bandPath(new Path2D(), data, data.others.lows, data.others.highs, scale))
    }
    // Many bands over each other would become one dark mass.
    ctx.globalAlpha = colours.length > 4 ? 0.05 : 0.13
    for (let s = 0; s < colours.length; s++) {
      ctx.fillStyle = colours[s]!
      ctx.fill(bandPath(new Path2D(), data, data.lows[s]!, data.highs[s]!, scale))
    }
  })
}

/**
 * The lines. Where a line changes its course in each pixel it is thin and its joins are not round: nobody sees the
 * difference, and painting costs a fifth.
 */
export const drawLines = (u: uPlot, input: LayerInput): void => {
  const { data, colours } = input
  const scale = plotScale(u)
  clipToPlot(u, ctx => {
    const isDense = data.x.length > u.bbox.width
    ctx.lineWidth = isDense ? Math.max(1, Math.floor(ratioOf(input))) : 1.9 * ratioOf(input)
    ctx.lineJoin = isDense ? 'bevel' : 'round'
    for (let s = 0; s < colours.length; s++) {
      ctx.strokeStyle = colours[s]!
      ctx.stroke(linePath(new Path2D(), data, data.values[s]!, scale))
    }
  })
}

/** The open window: its results are provisional, so it is hatched, and named under the axis. */
export const drawOpenWindow = (u: uPlot, input: LayerInput): void => {
  const ratio = ratioOf(input)
  const { data, palette } = input
  if (Number.isNaN(data.openFrom)) return
  const left = Math.max(u.bbox.left, u.valToPos(data.openFrom, 'x', true))
  const right = Math.min(u.bbox.left + u.bbox.width, u.valToPos(data.openTo, 'x', true))
  const { top, height } = u.bbox
  if (right <= left) return
  const ctx = u.ctx
  ctx.save()
  ctx.beginPath()
  ctx.rect(left, top, right - left, height)
  ctx.clip()
  ctx.strokeStyle = palette.soft
  ctx.globalAlpha = 0.38
  ctx.lineWidth = 1 * ratio
  ctx.beginPath()
  const gap = 7 * ratio
  for (let x = left - height - ((left - height) % gap); x < right; x += gap) {
    ctx.moveTo(x, top + height)
    ctx.lineTo(x + height, top)
  }
  ctx.stroke()
  ctx.restore()
  ctx.save()
  ctx.font = `${11.5 * ratio}px ${palette.font}`
  ctx.fillStyle = palette.soft
  ctx.textAlign = 'right'
  ctx.textBaseline = 'top'
  ctx.fillText('open', right, top + height + 6.5 * ratio)
  ctx.restore()
}

/** Each line's name and last value at its end, instead of a legend. */
export const drawEndLabels = (u: uPlot, input: LayerInput): void => {
  const ratio = ratioOf(input)
  const { data, colours, names, palette, format } = input
  const labels: EndLabel[] = []
  const dots: { x: number; y: number; colour: string }[] = []
  for (let s = 0; s < colours.length; s++) {
    const values = data.values[s]!
    let i = values.length - 1
    while (i >= 0 && Number.isNaN(values[i])) i--
    if (i < 0 || data.x[i]! < data.from) continue
    const y = u.valToPos(values[i]!, 'y', true)
    dots.push({ x: u.valToPos(data.x[i]!, 'x', true), y, colour: colours[s]! })
    labels.push({ name: names[s]!, value: format(values[i]!), colour: colours[s]!, y })
  }
  const rest = othersLabel(u, input)
  if (rest) labels.push(rest)
  const { ctx, bbox } = u
  ctx.save()
  for (const dot of dots) {
    ctx.fillStyle = dot.colour
    ctx.beginPath()
    ctx.arc(dot.x, dot.y, 3.2 * ratio, 0, Math.PI * 2)
    ctx.fill()
  }
  ctx.textBaseline = 'middle'
  ctx.textAlign = 'left'
  const ys = spreadLabels(
    labels.map(label => label.y),
    16 * ratio,
    bbox.top + 8 * ratio,
    bbox.top + bbox.height - 6 * ratio,
  )
  labels.forEach((label, i) => {
    let x = bbox.left + bbox.width + 9 * ratio
    ctx.fillStyle = label.colour
    ctx.font = `650 ${12.5 * ratio}px ${palette.font}`
    const room = ctx.canvas.width - x - ctx.measureText(label.value).width
    ctx.font = `${12.5 * ratio}px ${palette.font}`
    const name = fittingName(ctx, label.name, room)
    ctx.fillText(name, x, ys[i]!)
    x += ctx.measureText(name).width
    ctx.font = `650 ${12.5 * ratio}px ${palette.font}`
    ctx.fillText(label.value, x, ys[i]!)
  })
  ctx.restore()
}

/** As much of a name as there is room for beside its value: a number that is cut would be another one. */
const fittingName = (ctx: CanvasRenderingContext2D, name: string, room: number): string => {
  for (let letters = name.length; letters > 0; letters--) {
    const words = `${shortName(name, letters)} `
    if (ctx.measureText(words).width <= room) return words
  }
  return ''
}

/** `992 others`, beside the middle of their band where it ends. */
const othersLabel = (u: uPlot, { data: { others }, palette }: LayerInput): EndLabel | undefined => {
  const last = others?.highs.findLastIndex(value => !Number.isNaN(value)) ?? -1
  if (!others || last < 0) return undefined
  const middle = (others.lows[last]! + others.highs[last]!) / 2
  return { name: plural(others.count, 'other'), value: '', colour: palette.soft, y: u.valToPos(middle, 'y', true) }
}
