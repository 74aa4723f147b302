import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping'
import type { Place } from '../../model/errors/millrace-error.js'
import type { JobBundle } from './bundle-job.js'

const mapComment = /\/\/# sourceMappingURL=data:application\/json;(?:charset=utf-8;)?base64,([A-Za-z0-9+/=]+)\s*$/

/** Leads places of a bundle back to the files that the job's author wrote. */
export class BundleMap {
  readonly #bundle: JobBundle
  readonly #map: TraceMap
  readonly #lineStarts: readonly number[]

  constructor(bundle: JobBundle) {
    this.#bundle = bundle
    const encoded = mapComment.exec(bundle.code)?.[1] ?? ''
    this.#map = new TraceMap(JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')))
    const starts = [0]
    for (let at = bundle.code.indexOf('\n'); at >= 0; at = bundle.code.indexOf('\n', at + 1)) starts.push(at + 1)
    this.#lineStarts = starts
  }

  /** The job's own files. */
  get files(): readonly string[] {
    return this.#map.resolvedSources.map(source => this.#path(source))
  }

  /** Line and column of the bundle, both from 1. */
  original(line: number, column: number): Place | undefined {
    const found = originalPositionFor(this.#map, { line, column: Math.max(0, column - 1) })
    if (found.source === null) return undefined
    return { file: this.#path(found.source), line: found.line, column: found.column + 1 }
  }

  /** An offset in the bundle's text. */
  originalAt(offset: number): Place | undefined {
    let low = 0
    let high = this.#lineStarts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.#lineStarts[middle]! <= offset) low = middle
      else high = middle - 1
    }
    return this.original(low + 1, offset - this.#lineStarts[low]! + 1)
  }

  /** Where a function's source text begins, plus `offset` characters, if it is found in the bundle. */
  placeOf(source: string, offset: number): Place | undefined {
    const at = this.#bundle.code.indexOf(source)
    return at < 0 ? undefined : this.originalAt(at + offset)
  }

  /** The first frame of an error's stack that lies in the job's own files; `url` is the bundle's, for unmapped frames. */
  placeOfError(error: unknown, url: string): Place | undefined {
    if (!(error instanceof Error) || !error.stack) return undefined
    const files = new Set(this.files)
    for (const line of error.stack.split('\n')) {
      const frame = /(?:\(|at )([^()]+?):(\d+):(\d+)\)?$/.exec(line.trim())
      if (!frame) continue
      const [, where, row, column] = frame as unknown as [string, string, string, string]
      const path = framePath(where)
      if (files.has(resolve(path))) return { file: resolve(path), line: Number(row), column: Number(column) }
      if (path === fileURLToPath(url)) return this.original(Number(row), Number(column))
    }
    return undefined
  }

  #path(source: string): string {
    return source.startsWith('file:') ? fileURLToPath(source) : resolve(source)
  }
}

/** The file of a frame. Some module runners put their own folder before the URL that the source map names. */
function framePath(where: string): string {
  const at = where.lastIndexOf('file:')
  return at < 0
    ? where
    : fileURLToPath(
        where
          .slice(at)
          .replace(/^file:\/*/, 'file:///')
          .split('?')[0]!,
      )
}
