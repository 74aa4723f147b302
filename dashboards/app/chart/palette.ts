/** How many series a chart shows at once; more are for the picker. */
export const seriesColours = 8

/** Colours for the canvas, read from the style sheet's tokens so that light and dark stay in one place. */
export interface Palette {
  readonly ink: string
  readonly soft: string
  readonly line: string
  readonly card: string
  readonly red: string
  readonly amber: string
  readonly series: readonly string[]
  readonly font: string
  /** Type size against the usual one: larger on a projector. */
  readonly scale: number
}

export const readPalette = (): Palette => {
  const style = getComputedStyle(document.documentElement)
  const token = (name: string): string => style.getPropertyValue(`--${name}`).trim()
  return {
    ink: token('ink'),
    soft: token('soft'),
    line: token('line'),
    card: token('card'),
    red: token('red'),
    amber: token('amber'),
    series: Array.from({ length: seriesColours }, (_, i) => token(`s${i + 1}`)),
    scale: Number.parseFloat(style.fontSize) / 16 || 1,
    font: getComputedStyle(document.body).fontFamily,
  }
}
