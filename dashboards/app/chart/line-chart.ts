import type { LinePanel } from '../../../src/dashboard/dashboard.js'
import { element, setAttribute, setText } from '../dom/element.js'
import type { PageContext, PageState, Section } from '../page-state.js'
import type { ViewStore } from '../store/view-store.js'
import type { KeySeries, WindowGrid } from '../store/window-grid.js'
import { emptyWords } from '../text/empty-words.js'
import { duration, reading } from '../text/format.js'
import { shortName } from '../text/short-name.js'
import { ChartCursor } from './chart-cursor.js'
import { type ChartData, chartData } from './chart-data.js'
import { chartNote } from './chart-note.js'
import { ChartTable } from './chart-table.js'
import type { LayerInput } from './draw-layers.js'
import { type Palette, readPalette, seriesColours } from './palette.js'
import { rangeChoices } from './range-choice.js'
import { SeriesPicker } from './series-picker.js'
import { firstChoice, orderedKeys, withFiring } from './shown-series.js'
import { TimePlot } from './time-plot.js'

/** Real ms for which a picture may stand while its rows move it by less than a pixel. */
const stillMs = 500

/** Of a name in the readout and in the head of the table. */
const mostLetters = 32

/** A card with one live chart: lines by key, band, limits, the open window; with ranges, cursor, table and picker. */
export class LineChart implements Section {
  readonly root: HTMLElement
  readonly #panel: LinePanel
  readonly #host = element('div', { class: 'plot' })
  readonly #empty = element('p', { class: 'empty soft', hidden: true })
  readonly #tools: HTMLElement
  readonly #cursor: ChartCursor
  readonly #table: ChartTable
  readonly #picker: SeriesPicker
  readonly #scheme = matchMedia('(prefers-color-scheme: dark)')
  readonly #context: PageContext
  readonly #mark: () => void
  readonly #resize: ResizeObserver
  readonly #title: string
  readonly #noteLine = element('p')
  #range: number | undefined
  /** Of the place that the style sheet gives the plot, in CSS pixels. */
  #width = 0
  #height = 0
  #plot: TimePlot | undefined
  #plotted = ''
  #drawn = -1
  #drawnAt = 0
  #drawnTo = 0
  #msPerPixel = 0
  #palette: Palette | undefined
  #chosen: readonly string[] | undefined
  /** Whether the reader has chosen. */
  #isPicked = false
  #isOnPaper = false

  constructor(context: PageContext, panel: LinePanel, range: number | undefined, every: number | undefined) {
    this.#context = context
    this.#panel = panel
    this.#range = range
    this.#mark = () => {
      this.#drawn = -1
      context.mark(true)
    }
    const title = panel.title ?? `${panel.view} ${panel.column}`
    this.#title = title
    this.#cursor = new ChartCursor(title, this.#host, () => this.#mark())
    this.#table = new ChartTable(title)
    this.#picker = new SeriesPicker(keys => {
      this.#chosen = keys
      this.#isPicked = true
      this.#mark()
    })
    setText(this.#noteLine, chartNote(panel, title, panel.unit))
    const head = element('header', {}, element('h2', {}, title), this.#noteLine, this.#ranges(title, range, every))
    this.#tools = element('footer', { class: 'tools' }, this.#cursor.readout, this.#picker.root, this.#tableButton(), this.#rowsLink(title))
    const parts = [head, this.#empty, this.#host, this.#table.root, this.#tools, this.#cursor.spoken]
    this.root = element('article', { class: 'card chart', 'aria-label': title }, ...parts)
    context.screen.watch(this.root)
    this.#scheme.addEventListener('change', this.#onScheme)
    this.#resize = new ResizeObserver(([entry]) => {
      this.#width = Math.floor(entry?.contentRect.width ?? 0)
      this.#height = Math.floor(entry?.contentRect.height ?? 0)
      this.#mark()
    })
    this.#resize.observe(this.#host)
  }

  draw(state: PageState): void {
    if (!this.#context.screen.isDue(this.root)) return
    const store = state.views.get(this.#panel.view)
    const column = store?.column(this.#panel.column) ?? -1
    const isEmpty = !store || column < 0 || store.grid.length === 0
    this.#empty.hidden = !isEmpty
    this.#tools.hidden = isEmpty
    if (isEmpty) setText(this.#empty, emptyWords(state.job))
    this.#host.hidden = isEmpty || this.#table.isShown
    if (this.#isOnPaper !== this.#context.screen.isPaper) this.#changePaper()
    if (isEmpty || store.grid.version === this.#drawn) return
    const { grid } = store
    if (!this.#isDue(grid)) {
      this.#context.mark()
      return
    }
    this.#drawn = grid.version
    this.#drawnAt = performance.now()
    this.#drawnTo = grid.time(grid.length - 1)
    const all = orderedKeys(grid)
    if (!this.#chosen?.some(key => grid.keys.has(key))) this.#chosen = undefined
    if (all.length > seriesColours && !this.#chosen) this.#chosen = firstChoice(grid, column, seriesColours)
    if (this.#chosen && !this.#isPicked) this.#chosen = withFiring(this.#chosen, this.#firing(state, store), seriesColours)
    const shown = this.#chosen ? all.filter(series => this.#chosen!.includes(series.key)) : all
    this.#picker.update(
      all,
      shown.map(series => series.key),
      grid.refusedKeys,
    )
    const every = store.step === 0 ? '' : `one point every ${duration(store.step)}`
    setText(this.#noteLine, [chartNote(this.#panel, this.#title, this.#unit(store)), every].filter(Boolean).join(' · '))
    const [low, high] = this.#panel.band ?? []
    const columns = { value: column, low: low ? store.column(low) : -1, high: high ? store.column(high) : -1 }
    const others = shown.length < all.length ? all.filter(series => !shown.includes(series)) : []
    const data = chartData(grid, shown, columns, store.info.window, this.#range, others, store.begin)
    const now = state.job?.now ?? data.to
    const names = shown.map(series => shortName(series.label, mostLetters))
    this.#cursor.update(data, now, names, this.#panel.band !== undefined, this.#unit(store))
    this.#table.update(data, now, names, this.#panel.band !== undefined, grid.version)
    if (!this.#table.isShown) this.#drawPlot(data, now, shown, store)
  }

  dispose(): void {
    this.#context.screen.forget(this.root)
    this.#scheme.removeEventListener('change', this.#onScheme)
    this.#resize.disconnect()
    this.#plot?.destroy()
  }

  /**
   * Painting is what costs, so new rows wait until they would move the picture by a pixel, or for the next half second:
   * the same one for all charts, for the frame costs, too. What the reader does shows at once.
   */
  #isDue(grid: WindowGrid): boolean {
    if (this.#drawn < 0 || Math.floor(performance.now() / stillMs) !== Math.floor(this.#drawnAt / stillMs)) return true
    return grid.time(grid.length - 1) - this.#drawnTo >= this.#msPerPixel
  }

  /** Paper has a width and colours of its own, and no frame to wait for. */
  #changePaper(): void {
    this.#isOnPaper = this.#context.screen.isPaper
    this.#width = this.#host.clientWidth
    this.#height = this.#host.clientHeight
    this.#onScheme()
  }

  readonly #onScheme = (): void => {
    this.#plotted = ''
    this.#palette = undefined
    this.#mark()
  }

  #drawPlot(data: ChartData, now: number, shown: readonly KeySeries[], store: ViewStore): void {
    const width = this.#width
    const height = this.#height
    if (width < 40 || height < 40) return
    this.#msPerPixel = (data.to - data.from) / width
    this.#palette ??= readPalette()
    const palette = this.#palette
    const input: LayerInput = {
      data,
      now,
      names: shown.map(series => shortName(series.label, width < 520 ? 10 : 20)),
      colours: shown.map((_, i) => palette.series[i % palette.series.length]!),
      palette,
      thresholds: this.#panel.thresholds,
      unit: this.#unit(store),
      format: reading,
    }
    const plotted = `${width < 520}|${shown.map(series => series.key).join('\u0000')}`
    if (!this.#plot || plotted !== this.#plotted) {
      this.#plot?.destroy()
      this.#plot = new TimePlot(this.#host, input, width, height, slot => this.#cursor.pointed(slot))
      this.#plotted = plotted
    } else {
      this.#plot.resize(width, height)
      this.#plot.update(input)
    }
    if (this.#cursor.keyTime !== undefined) this.#plot.point(this.#cursor.keyTime)
    else if (this.#cursor.wasCleared()) this.#plot.point(undefined)
  }

  /** Keys of the view of which something fires. */
  #firing({ alerts }: PageState, store: ViewStore): readonly string[] {
    const firing = alerts.filter(({ state, view }) => state === 'firing' && view === this.#panel.view)
    return firing.map(({ key }) => store.keyOf(key) ?? '').filter(key => store.grid.keys.has(key))
  }

  #unit(store: ViewStore): string | undefined {
    return this.#panel.unit ?? store.unit(this.#panel.column)
  }

  #ranges(title: string, own: number | undefined, every: number | undefined): HTMLElement {
    const group = element('div', { class: 'ranges', role: 'group', 'aria-label': `Time shown in ${title}` })
    for (const choice of rangeChoices(own, every)) {
      const button = element('button', { type: 'button', 'aria-pressed': String(choice.range === this.#range) }, choice.label)
      button.addEventListener('click', () => {
        this.#range = choice.range
        for (const other of group.children) setAttribute(other, 'aria-pressed', String(other === button))
        this.#mark()
      })
      group.append(button)
    }
    return group
  }

  #tableButton(): HTMLButtonElement {
    const button = element('button', { type: 'button', 'aria-pressed': 'false' }, 'Table')
    button.addEventListener('click', () => {
      this.#table.root.hidden = !this.#table.root.hidden
      setAttribute(button, 'aria-pressed', String(this.#table.isShown))
      setText(button, this.#table.isShown ? 'Chart' : 'Table')
      this.#mark()
    })
    return button
  }

  #rowsLink(title: string): HTMLElement {
    const href = `api/v1/views/${encodeURIComponent(`${this.#context.job}:${this.#panel.view}`)}/rows.csv`
    return element('a', { class: 'quiet-link', href, 'aria-label': `CSV of ${title}` }, 'CSV')
  }
}
