/** Pixels by which the room grows: a digit more must not move the picture each time. */
const step = 8

/** Room for texts beside a plot: as wide as they have ever been, so that the picture does not sway as numbers change. */
export class TextRoom {
  readonly #context = document.createElement('canvas').getContext('2d')
  readonly #font: string
  readonly #most: number
  /** Letters of the longest text measured, by its place: numbers of as many digits are as wide. */
  readonly #letters: number[] = []
  #width: number

  /**
   * @param font as a canvas takes it
   * @param least pixels kept in any case
   * @param most pixels never exceeded
   */
  constructor(font: string, least: number, most: number) {
    this.#font = font
    this.#width = least
    this.#most = most
  }

  /** Pixels for these texts, and for all before them. */
  of(texts: readonly string[]): number {
    texts.forEach((text, place) => {
      if (!this.#context || text.length <= (this.#letters[place] ?? 0)) return
      this.#letters[place] = text.length
      this.#context.font = this.#font
      const wide = Math.ceil(this.#context.measureText(text).width / step) * step
      this.#width = Math.min(this.#most, Math.max(this.#width, wide))
    })
    return this.#width
  }
}
