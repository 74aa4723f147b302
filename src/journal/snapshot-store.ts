import type { Json } from '../model/json.js'
import type { State } from '../model/state.js'

/** An append-only part of the state, kept beside the snapshots: only what was added since the last saved one is written. */
export interface SideToSave {
  readonly name: string
  /** Added since the last snapshot that was saved; may be empty. */
  readonly bytes: Uint8Array
  /** Side files of snapshots before this entry are needed no more. */
  readonly from: number
}

export interface SnapshotToSave {
  /** The last entry that it has taken in. */
  readonly entry: number
  /** Readable without the body. */
  readonly header: { readonly [key: string]: Json }
  /** Copied already: nothing in it changes any more. Plain data and typed arrays, `undefined` members left out. */
  readonly body: State
  readonly sides: readonly SideToSave[]
}

export interface LoadedSnapshot {
  readonly entry: number
  readonly header: { readonly [key: string]: Json }
  readonly body: State
  /** By name, oldest first, back to `from`. */
  readonly sides: { readonly [name: string]: readonly Uint8Array[] }
}

/** The snapshots of one job's folder: the last two are kept, torn or altered ones are passed over and the log says so. */
export interface SnapshotStore {
  /** The newest that is whole with all its side files; undefined: none. Damaged ones are put aside as `*.corrupt`. */
  load(): Promise<LoadedSnapshot | undefined>
  /**
   * Resolves when it is on the disk under its name: written in slices of 1 MB, each synced, so that the journal's own
   * syncs do not wait long.
   *
   * @throws MR422, and the older ones are untouched.
   */
  save(snapshot: SnapshotToSave): Promise<void>
  /**
   * Recovery may need the journal after this entry: that of the older of the two snapshots kept. 0 while there are fewer:
   * the one may prove damaged, and then there is nothing to fall back on but the journal from its beginning.
   */
  readonly needed: number
}
