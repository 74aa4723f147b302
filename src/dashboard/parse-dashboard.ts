import { nearest } from '../model/nearest.js'
import type { Dashboard, Panel, Threshold } from './dashboard.js'

/** One thing wrong with a definition: where, what, and how to mend it. */
export interface DashboardProblem {
  /** Path in the file: `panels[0].thresholds[1].above`. */
  readonly at: string
  readonly message: string
  readonly hint: string
}

/** Everything wrong with a definition, at once. */
export class DashboardError extends Error {
  readonly source: string
  readonly problems: readonly DashboardProblem[]

  constructor(source: string, problems: readonly DashboardProblem[]) {
    super(problems.map(p => `${source}: ${p.at}: ${p.message} (${p.hint})`).join('\n'))
    this.name = 'DashboardError'
    this.source = source
    this.problems = problems
  }
}

/** Keys by kind of object; the JSON Schema beside the definitions says the same, and a test compares them. */
export const knownKeys = {
  dashboard: ['$schema', 'title', 'range', 'panels'],
  line: ['line', 'band', 'by', 'unit', 'title', 'note', 'thresholds'],
  multiples: ['multiples', 'by', 'unit', 'title'],
  alerts: ['alerts', 'above', 'below', 'for', 'level', 'label', 'by', 'unit', 'title'],
  graph: ['graph'],
  threshold: ['above', 'below', 'for', 'level', 'label'],
} as const

/** More than a page can show. */
export const mostPanels = 100
/** More lines than are told apart in one chart. */
export const mostThresholds = 16
/** Characters of a title, unit or name. */
export const mostText = 200

const kinds = ['line', 'multiples', 'alerts', 'graph'] as const

/**
 * Reads a dashboard definition. Unknown keys are errors with a suggestion; all problems are reported at once.
 * @param source the file's name, for messages
 * @throws {DashboardError} with every problem
 * @example
 * parseDashboard({ title: 'Plant floor', range: '15m', panels: [{ line: 'climate.mean', by: 'room' }] }, 'plant.json').range // 900000
 */
export const parseDashboard = (value: unknown, source: string): Dashboard => {
  const problems: DashboardProblem[] = []
  const reader = new Reader(problems)
  const root = reader.object(value, 'dashboard', knownKeys.dashboard)
  const title = reader.text(root, 'dashboard', 'title') ?? ''
  if (root && title === '' && !problems.some(p => p.at === 'title')) {
    problems.push({ at: 'title', message: 'a dashboard needs a title', hint: 'add "title": "…"' })
  }
  reader.text(root, 'dashboard', '$schema')
  const range = root?.['range'] === 'all' ? undefined : reader.duration(root, '', 'range')
  const list = root?.['panels']
  const panels: Panel[] = []
  if (root && !Array.isArray(list)) problems.push({ at: 'panels', message: 'is not a list', hint: 'add "panels": [ … ]' })
  else if (Array.isArray(list) && list.length > mostPanels) {
    problems.push({ at: 'panels', message: `has ${list.length} panels`, hint: `a page has ${mostPanels} at most; leave some out` })
  } else if (Array.isArray(list)) {
    list.forEach((item: unknown, i) => {
      const panel = readPanel(reader, problems, item, `panels[${i}]`)
      if (panel) panels.push(panel)
    })
  }
  if (problems.length > 0) throw new DashboardError(source, problems)
  return { title, range, panels }
}

type Fields = Readonly<Record<string, unknown>>

const readPanel = (reader: Reader, problems: DashboardProblem[], item: unknown, at: string): Panel | undefined => {
  if (!isFields(item)) {
    problems.push({ at, message: 'is not an object', hint: `a panel is an object with one of ${kinds.join(', ')}` })
    return undefined
  }
  const kind = kinds.find(name => name in item)
  if (!kind) {
    const meant = Object.keys(item).flatMap(key => nearest(key, kinds) ?? [])[0]
    const hint = meant ? `did you mean "${meant}"?` : `a panel has one of ${kinds.join(', ')}`
    problems.push({ at, message: 'no kind of panel is named', hint })
    return undefined
  }
  const fields = reader.object(item, at, knownKeys[kind])
  if (kind === 'graph') {
    const job = reader.text(fields, at, 'graph')
    return job === undefined ? undefined : { kind, job }
  }
  const place = reader.text(fields, at, kind)
  const dot = place?.indexOf('.') ?? -1
  if (place !== undefined && (dot <= 0 || dot === place.length - 1)) {
    problems.push({ at: `${at}.${kind}`, message: `"${place}" does not name a column`, hint: 'write it as "view.column"' })
  }
  const shared = {
    view: place?.slice(0, dot) ?? '',
    column: place?.slice(dot + 1) ?? '',
    ...present('by', reader.text(fields, at, 'by')),
    ...present('title', reader.text(fields, at, 'title')),
    ...present('unit', reader.text(fields, at, 'unit')),
  }
  if (kind === 'alerts') return { kind, ...shared, ...readLimit(reader, problems, item, at) }
  if (kind !== 'line') return { kind, ...shared }
  const band = fields?.['band']
  const bandAt = `${at}.band`
  const isBand = Array.isArray(band) && band.length === 2 && band.every(name => typeof name === 'string' && name !== '')
  if (band !== undefined && !isBand) problems.push({ at: bandAt, message: 'is not a pair of columns', hint: 'write it as ["min", "max"]' })
  return {
    kind,
    ...shared,
    ...(isBand ? { band: [String(band[0]), String(band[1])] as const } : {}),
    ...present('note', reader.text(fields, at, 'note')),
    thresholds: readThresholds(reader, problems, fields?.['thresholds'], `${at}.thresholds`),
  }
}

const readThresholds = (reader: Reader, problems: DashboardProblem[], value: unknown, at: string): readonly Threshold[] => {
  if (value === undefined) return []
  if (!Array.isArray(value)) {
    problems.push({ at, message: 'is not a list', hint: 'write it as [{ "above": 28 }]' })
    return []
  }
  if (value.length > mostThresholds) {
    problems.push({ at, message: `has ${value.length} thresholds`, hint: `a line has ${mostThresholds} at most` })
    return []
  }
  return value.flatMap((item: unknown, i) => {
    const place = `${at}[${i}]`
    const fields = reader.object(item, place, knownKeys.threshold)
    if (!fields) return []
    if (!('above' in fields) && !('below' in fields)) {
      problems.push({ at: place, message: 'a threshold needs a limit', hint: 'add "above" or "below" with a number' })
    }
    return [readLimit(reader, problems, fields, place)]
  })
}

const readLimit = (reader: Reader, problems: DashboardProblem[], fields: Fields, at: string): Threshold => {
  reader.duration(fields, at, 'for')
  const level = fields['level']
  const isLevel = level === 'warning' || level === 'critical'
  if (level !== undefined && !isLevel) {
    problems.push({
      at: `${at}.level`,
      message: `${JSON.stringify(level).slice(0, mostText)} is not a level`,
      hint: 'use "warning" or "critical"',
    })
  }
  return {
    ...present('above', reader.number(fields, at, 'above')),
    ...present('below', reader.number(fields, at, 'below')),
    ...present('for', typeof fields['for'] === 'string' ? fields['for'] : undefined),
    ...(isLevel ? { level } : {}),
    ...present('label', reader.text(fields, at, 'label')),
  }
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Counted as JSON Schema counts: in code points. */
const isShort = (text: string): boolean => text.length <= mostText || (text.length <= 2 * mostText && [...text].length <= mostText)

const present = <K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } =>
  value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: V })

/** Reads typed members and writes down what does not fit. */
class Reader {
  readonly #problems: DashboardProblem[]

  constructor(problems: DashboardProblem[]) {
    this.#problems = problems
  }

  object(value: unknown, at: string, keys: readonly string[]): Fields | undefined {
    if (!isFields(value)) {
      this.#problems.push({ at, message: 'is not an object', hint: `an object with ${keys.join(', ')}` })
      return undefined
    }
    for (const key of Object.keys(value)) {
      if (keys.includes(key)) continue
      const meant = nearest(key, keys)
      const hint = meant ? `did you mean "${meant}"?` : `known are ${keys.join(', ')}`
      this.#problems.push({ at: at === 'dashboard' ? key : `${at}.${key}`, message: `unknown key "${key}"`, hint })
    }
    return value
  }

  text(fields: Fields | undefined, at: string, key: string): string | undefined {
    const value = fields?.[key]
    if (value === undefined) return undefined
    const isText = typeof value === 'string' && value !== ''
    if (isText && isShort(value)) return value
    this.#problems.push({
      at: at === 'dashboard' ? key : `${at}.${key}`,
      message: isText ? `is longer than ${mostText} characters` : 'is not a text',
      hint: isText ? 'write it shorter' : 'put a text in quotes, not an empty one',
    })
    return undefined
  }

  number(fields: Fields, at: string, key: string): number | undefined {
    const value = fields[key]
    if (value === undefined || (typeof value === 'number' && Number.isFinite(value))) return value
    this.#problems.push({ at: `${at}.${key}`, message: 'is not a number', hint: 'write a number without quotes' })
    return undefined
  }

  duration(fields: Fields | undefined, at: string, key: string): number | undefined {
    const value = fields?.[key]
    if (value === undefined) return undefined
    const ms = typeof value === 'string' && value.length <= mostText ? msOf(value) : undefined
    if (ms !== undefined) return ms
    this.#problems.push({
      at: at === '' ? key : `${at}.${key}`,
      message: `${JSON.stringify(value).slice(0, mostText)} is not a duration`,
      hint: 'write it as "30s", "15m" or "6h"',
    })
    return undefined
  }
}

/** Up to 24 days in the smallest unit and 2,700 years in the largest, so that every duration is a whole number of ms. */
const durationPattern = /^(?=.*[1-9])(?:\d{1,9}ms|\d{1,9}(?:\.\d{1,3})?[sm]|\d{1,6}(?:\.\d{1,3})?[hd])$/

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

// Not `durationMs`: the page would carry its catalogue of errors along.
const msOf = (text: string): number | undefined =>
  durationPattern.test(text) ? Math.round(Number.parseFloat(text) * unitMs[text.replace(/[\d.]+/, '')]!) : undefined
