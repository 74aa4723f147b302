import { join } from 'node:path'
import type { Graph } from '../../job/graph.js'
import { readSides, type SideChains } from '../../journal/side-files.js'
import { DamagedFile, readSnapshotFile, readSnapshotHeader } from '../../journal/snapshot-file.js'
import type { LoadedSnapshot } from '../../journal/snapshot-store.js'
import { decodeState } from '../../journal/state-decoder.js'
import type { Disk } from '../../model/disk.js'
import type { SnapshotHeader } from '../recovery/job-snapshot.js'
import { fits } from '../recovery/plan-difference.js'
import { planShape } from '../recovery/plan-shape.js'
import { semanticDifferences, semanticVersions } from '../recovery/semantic-versions.js'

/** A kept snapshot, known by its header. */
export interface KeptSnapshot {
  readonly entry: number
  readonly header: SnapshotHeader
  /** Undefined where it is damaged, or was removed meanwhile. */
  load(): Promise<LoadedSnapshot | undefined>
}

/** The snapshots in a folder, newest first, read only: damaged ones are passed over and stay where they are. */
export async function keptSnapshots(disk: Disk, dataDir: string): Promise<readonly KeptSnapshot[]> {
  const folder = join(dataDir, 'snapshots')
  const names = (await disk.list(folder)).filter(name => name.endsWith('.snapshot'))
  const kept: KeptSnapshot[] = []
  for (const name of names) {
    const path = join(folder, name)
    const outer = await unlessDamaged(() => readSnapshotHeader(disk, path, 'snapshot'))
    if (!outer) continue
    const header = outer['header'] as unknown as SnapshotHeader
    const entry = outer['entry'] as number
    const load = () =>
      unlessDamaged(async (): Promise<LoadedSnapshot> => {
        const { body } = await readSnapshotFile(disk, path, 'snapshot')
        const sides = await readSides(disk, folder, outer['sides'] as unknown as SideChains)
        return { entry, header: outer['header'] as LoadedSnapshot['header'], body: decodeState(body), sides }
      })
    kept.push({ entry, header, load })
  }
  return kept.sort((a, b) => b.entry - a.entry)
}

async function unlessDamaged<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof DamagedFile || (error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof RangeError) return undefined
    throw error
  }
}

/**
 * The newest snapshot from which a replay of entries from `first` on may begin in every one of these graphs: it lies
 * before them, the journal holds what follows it, its state fits, and this release computes what follows as the state
 * was computed.
 */
export async function startingSnapshot(
  snapshots: readonly KeptSnapshot[],
  graphs: readonly Graph[],
  first: number,
  keptFrom: number,
): Promise<LoadedSnapshot | undefined> {
  for (const { entry, header, load } of snapshots) {
    if (entry >= first || entry + 1 < keptFrom) continue
    const fitting = graphs.every(({ job, plan }) => {
      const { refused, fresh } = fits(header.shape, planShape(plan))
      const asBefore = semanticDifferences(header.semantics, semanticVersions(plan)).length === 0
      return header.job === job && refused.length === 0 && fresh.length === 0 && asBefore
    })
    const loaded = fitting ? await load() : undefined
    if (loaded) return loaded
  }
  return undefined
}
