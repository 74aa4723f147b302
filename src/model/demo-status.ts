/** Something that was done to a running demo, and what there is to see of it. */
export interface Happening {
  readonly id: number
  readonly kind: DemoAction
  /** On the job's clock. */
  readonly at: number
  /** `late burst`. */
  readonly title: string
  /** One sentence: what was done, what Millrace does about it, and where it shows. */
  readonly sentence: string
}

/** What a person can do to a demo, from the terminal or from the page. */
export type DemoAction = 'pause' | 'resume' | 'late' | 'bad' | 'duplicates' | 'unplug' | 'plug' | 'kill'

/** Of a process that is a demo. */
export interface DemoStatus {
  /** What can be done now, with its key: empty for who may only look. */
  readonly actions: readonly { readonly action: DemoAction; readonly key: string; readonly title: string }[]
  readonly paused: boolean
  readonly unplugged: boolean
  /** The job's process is killed on purpose in a moment, or was, and the next one does not answer yet. */
  readonly killed?: boolean
  /** Newest first, the last twenty. */
  readonly happenings: readonly Happening[]
}
