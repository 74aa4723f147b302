import { createHash } from 'node:crypto'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Dashboard } from '../dashboard/dashboard.js'
import { type DashboardFile, readDashboardFile } from '../dashboard/read-dashboard-file.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { Log } from '../model/seams.js'

const namePattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}\.json$/
/** Definitions read from one folder. */
const mostFiles = 200
/** Problems of one file that are logged; all are in the answer to `GET /dashboards/{name}.json`. */
const mostLogged = 8

interface Known {
  readonly version: string
  readonly file: DashboardFile | MillraceError
  /** What it said when it was right for the last time. */
  readonly right: Dashboard | undefined
  /** It was the same twice. */
  readonly settled: boolean
}

/**
 * The definitions in some folders, each read when it has changed; a name in an earlier folder goes before the same name in
 * a later one. What is wrong with one is logged once for each change of it, when it has settled: editors write in pieces.
 */
export class DashboardFiles {
  readonly #folders: readonly string[]
  readonly #log: Log
  #known = new Map<string, Known>()
  #crowded = new Set<string>()
  #refreshing: Promise<void> | undefined

  constructor(folders: readonly string[], log: Log) {
    this.#folders = folders
    this.#log = log
  }

  /** Names without their ending, in order. */
  get names(): readonly string[] {
    return [...this.#known.keys()].sort()
  }

  /** Another one whenever a definition came, changed or went. */
  get version(): string {
    const hash = createHash('sha256')
    for (const [name, { version }] of this.#known) hash.update(`${name}\n${version}\n`)
    return hash.digest('base64url').slice(0, 22)
  }

  /** A definition file and what it says, or why it could not be read; undefined where there is none. */
  get(name: string): DashboardFile | MillraceError | undefined {
    return this.#known.get(name)?.file
  }

  /** The definition of a job, or the last that was right: a slip in an edit must not silence alerts. */
  dashboard(job: string): Dashboard | undefined {
    return this.#known.get(job)?.right
  }

  /** Looks whether files came, changed or went. A folder that is not there has none. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#read().finally(() => {
      this.#refreshing = undefined
    })
    return this.#refreshing
  }

  async #read(): Promise<void> {
    const next = new Map<string, Known>()
    for (const folder of this.#folders) {
      for (const entry of await this.#list(folder)) {
        const name = entry.slice(0, -'.json'.length)
        if (next.has(name)) continue
        const path = join(folder, entry)
        const version = await versionOf(path)
        if (version === undefined) continue
        next.set(name, await this.#look(path, version, this.#known.get(name)))
      }
    }
    this.#known = next
  }

  async #list(folder: string): Promise<readonly string[]> {
    const entries = await readdir(folder).catch(() => [])
    const files = entries.filter(entry => namePattern.test(entry) && entry !== 'index.json').sort()
    if (files.length > mostFiles && !this.#crowded.has(folder)) {
      this.#crowded.add(folder)
      const { code, message, hint } = new MillraceError('MR535', `${folder} has ${files.length} definitions`)
      this.#log.warn(message, { code, hint })
    }
    return files.slice(0, mostFiles)
  }

  async #look(path: string, version: string, known: Known | undefined): Promise<Known> {
    if (known?.version === version) {
      if (!known.settled) this.#tell(path, known.file)
      return { ...known, settled: true }
    }
    const file = await readDashboardFile(path)
    const read = 'reading' in file && 'dashboard' in file.reading ? file.reading.dashboard : undefined
    return { version, file, right: read ?? known?.right, settled: false }
  }

  #tell(path: string, file: DashboardFile | MillraceError): void {
    if (file instanceof MillraceError) this.#log.warn(file.message, { code: file.code, hint: file.hint })
    else if ('problems' in file.reading) {
      const { code, problems } = file.reading
      for (const { at, message, hint, line, column } of problems.slice(0, mostLogged)) {
        this.#log.warn(`${path}:${line}:${column}: ${at}: ${message}`, { code, hint })
      }
      if (problems.length > mostLogged) this.#log.warn(`${path}: ${problems.length - mostLogged} more problems`, { code })
    }
  }
}

/** Changes whenever the file does; undefined where it is gone, or is none. */
const versionOf = (path: string): Promise<string | undefined> =>
  stat(path, { bigint: true }).then(
    ({ ino, size, mtimeNs, ctimeNs, mode }) =>
      (mode & 0o170000n) === 0o040000n ? undefined : `${path}|${ino}|${size}|${mtimeNs}|${ctimeNs}`,
    () => undefined,
  )
