import type { LiveEvent } from '../model/api.js'
import { frameOf } from './live-topic.js'

/** Something beside views that live readers are told: at first, and whenever it has changed, at most ten times a second. */
export interface LiveNotice {
  /** The whole of it, as it is now, for who may act or, `readOnly`, may only look. */
  current(readOnly: boolean): LiveEvent
  /** Calls `changed` after each change, until the function given is called. */
  follow(changed: () => void): () => void
}

/** All notices of a server. */
export class LiveNotices {
  readonly #notices: readonly LiveNotice[]
  readonly #changed = new Set<LiveNotice>()
  readonly #unfollow: readonly (() => void)[]

  constructor(notices: readonly LiveNotice[], changed: () => void) {
    this.#notices = notices
    this.#unfollow = notices.map(notice =>
      notice.follow(() => {
        this.#changed.add(notice)
        changed()
      }),
    )
  }

  /** For a new reader. */
  greeting(readOnly: boolean): readonly Buffer[] {
    return this.#notices.map(notice => frameOf(notice.current(readOnly)))
  }

  /** What has changed since the last call: a frame for who may act, and one for who may only look. */
  flush(): readonly { readonly acting: Buffer; readonly looking: Buffer }[] {
    const frames = [...this.#changed].map(notice => ({ acting: frameOf(notice.current(false)), looking: frameOf(notice.current(true)) }))
    this.#changed.clear()
    return frames
  }

  close(): void {
    for (const unfollow of this.#unfollow) unfollow()
  }
}
