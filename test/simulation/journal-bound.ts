import type { Scenario } from './scenario.js'
import { dataDir, type World } from './world.js'

/** Bytes that a segment is long before its first record, at most. */
const headerBytes = 8_192

/** Notes when segments and snapshots came to be, to say at the end which of the journal's files nobody needs any more. */
export class JournalBound {
  readonly #begun = new Map<string, number>()
  readonly #captured = new Map<string, number>()
  readonly #capturedLast = new Map<number, number>()

  /** A process copied its state. */
  captured(process: number, at: number): void {
    this.#capturedLast.set(process, at)
  }

  /** A process changed a file. */
  changed(process: number, what: string, path: string, at: number): void {
    if (what === 'create' && path.startsWith(`${dataDir}/journal/`)) this.#begun.set(path, at)
    const snapshot = what === 'rename' && / → (.*\.snapshot)$/.exec(path)?.[1]
    if (snapshot) this.#captured.set(snapshot, this.#capturedLast.get(process)!)
  }

  /**
   * What is wrong when a job has ended by itself, if anything: the last snapshot has let go of all entries before the one
   * before it, but for so many bytes as are retained.
   */
  judge({ disk }: World, { retentionBytes, segmentBytes }: Scenario): string | undefined {
    const captured = [...disk.files(`${dataDir}/snapshots`)].flatMap(([path]) => this.#captured.get(path) ?? [])
    if (captured.length === 0) return 'the job has ended without a snapshot'
    // The only snapshot may prove damaged: until there are two, the journal reaches back to its beginning.
    if (captured.length === 1) return undefined
    const older = Math.min(...captured)
    const segments = [...disk.files(`${dataDir}/journal`)].map(([path, { bytes }]) => ({
      begun: this.#begun.get(path)!,
      bytes: bytes.length,
    }))
    const needed = Math.max(...segments.map(({ begun }) => begun).filter(begun => begun <= older), 0)
    const bytesOf = (some: typeof segments) => some.reduce((sum, { bytes }) => sum + bytes, 0)
    const most = retentionBytes + bytesOf(segments.filter(({ begun }) => begun >= needed)) + 2 * (segmentBytes + headerBytes)
    const bytes = bytesOf(segments)
    return bytes <= most ? undefined : `the journal has ${bytes} bytes in ${segments.length} segments, of which ${most} are allowed`
  }
}
