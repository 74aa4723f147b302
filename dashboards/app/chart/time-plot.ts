import uPlot from 'uplot'
import { valueTicks } from '../text/value-ticks.js'
import { valueRange } from './chart-data.js'
import { drawBands, drawEndLabels, drawLines, drawOpenWindow, type LayerInput } from './draw-layers.js'
import { drawLimits, drawLimitWords } from './draw-limits.js'
import { TextRoom } from './text-room.js'
import { timeSteps, timeTicks } from './time-ticks.js'

/** The one door to uPlot: lines over the job's time with our layers. The caller owns size, data and cursor. */
export class TimePlot {
  readonly #plot: uPlot
  #input: LayerInput
  /** Where words of limits stood in the last picture. */
  readonly #limitPlaces = new Map<string, string>()

  constructor(host: HTMLElement, input: LayerInput, width: number, height: number, onCursor: (slot: number | null) => void) {
    this.#input = input
    const narrow = width < 520
    const { palette } = input
    const { scale } = palette
    // Whole pixels: uPlot reads no others, and would set them tiny on a fine screen.
    const font = `${Math.round(11.5 * scale)}px ${palette.font}`
    const gutter = new TextRoom(`650 ${12.5 * scale}px ${palette.font}`, 64 * scale, (narrow ? 130 : 220) * scale)
    const axisRoom = new TextRoom(font, (narrow ? 24 : 32) * scale, 110 * scale)
    const options: uPlot.Options = {
      width,
      height,
      ms: 1,
      tzDate: ms => uPlot.tzDate(new Date(ms), 'Etc/UTC'),
      padding: [12 * scale, () => gutter.of(endTexts(this.#input)) + 16 * scale, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        drag: { x: false, y: false, setScale: false },
        points: { size: 8 },
        // Absent values are NaN; a point near the cursor stands for them.
        hover: { skip: [Number.NaN], prox: 20 },
      },
      scales: {
        x: { time: true, range: () => [this.#input.data.from, this.#input.data.to] },
        y: { range: () => this.#valueRange() },
      },
      axes: [
        {
          stroke: palette.soft,
          font,
          // A day stands under its time.
          size: (_, labels: readonly string[] | null) => (labels?.some(label => label.includes('\n')) ? 46 : 30) * scale,
          gap: 6 * scale,
          incrs: timeSteps,
          // Near ticks tell seconds, which need more room.
          space: (_, __, from, to, pixels) => (((to - from) / pixels) * 58 < 60_000 ? 72 : narrow ? 50 : 80) * scale,
          grid: { show: false },
          ticks: { show: false },
          values: (_, ticks, __, ___, step) => [...this.#timeTicks(ticks, step)],
        },
        {
          stroke: palette.soft,
          font,
          size: (_, labels: readonly string[] | null) => axisRoom.of(labels ?? []) + 14 * scale,
          gap: 8 * scale,
          space: (narrow ? 38 : 42) * scale,
          grid: { stroke: palette.line, width: 1 },
          ticks: { show: false },
          values: (_, splits) => [...valueTicks(splits, this.#input.unit)],
        },
      ],
      series: [
        {},
        // Drawn as a layer of ours; uPlot has the scales and the cursor's points.
        ...input.colours.map(stroke => ({ stroke, points: { show: false }, paths: () => null })),
      ],
      hooks: {
        drawAxes: [
          u => {
            drawBands(u, this.#input)
            drawOpenWindow(u, this.#input)
            drawLimits(u, this.#input)
            drawLines(u, this.#input)
            drawLimitWords(u, this.#input, this.#limitPlaces)
          },
        ],
        draw: [u => drawEndLabels(u, this.#input)],
        setCursor: [u => onCursor(u.cursor.idx ?? null)],
      },
    }
    this.#plot = new uPlot(options, aligned(input), host)
  }

  update(input: LayerInput): void {
    this.#input = input
    this.#plot.setData(aligned(input))
  }

  resize(width: number, height: number): void {
    if (this.#plot.width !== width || this.#plot.height !== height) this.#plot.setSize({ width, height })
  }

  /** Puts the cursor on a time, or away. */
  point(time: number | undefined): void {
    const left = time === undefined ? -10 : this.#plot.valToPos(time, 'x')
    this.#plot.setCursor({ left, top: time === undefined ? -10 : 10 })
  }

  destroy(): void {
    this.#plot.destroy()
  }

  #valueRange(): [number, number] {
    const { data, thresholds } = this.#input
    const limits = thresholds.flatMap(t => [t.above, t.below].filter(v => v !== undefined))
    const [low, high] = valueRange(data, limits)
    const range = uPlot.rangeNum(low, high, 0.08, true)
    return [low >= 0 && range[0]! < 0 ? 0 : range[0]!, range[1]!]
  }

  #timeTicks(ticks: readonly number[], step: number): readonly string[] {
    const { data, now, palette } = this.#input
    const msPerPixel = (data.to - data.from) / Math.max(1, this.#plot.bbox.width / devicePixelRatio)
    const room = msPerPixel * palette.scale
    // At the right end stands the word "open", at the left end the lowest value.
    const isTaken = (tick: number): boolean => data.openTo - tick < 54 * room || tick - data.from < 20 * room
    return timeTicks({ ticks, step, now, isTaken })
  }
}

const aligned = ({ data }: LayerInput): uPlot.AlignedData => [data.x, ...data.values]

/** What stands at the ends of the lines. */
const endTexts = ({ names, data, format }: LayerInput): readonly string[] =>
  names.map((name, i) => `${name} ${format(data.values[i]?.findLast(value => !Number.isNaN(value)) ?? Number.NaN)}`)
