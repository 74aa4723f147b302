/** One thing that a guarantee rests on, or that breaks it. */
export interface GuaranteeFinding {
  /** A crash may lose input because of it. */
  readonly loses?: boolean
  /** A crash may repeat input or results because of it. */
  readonly repeats?: boolean
  /** For the label: what is wrong, or, where nothing is, the bound, such as `within 1,000,000 ids`. */
  readonly label?: string
  /** The whole sentence. */
  readonly why: string
}
