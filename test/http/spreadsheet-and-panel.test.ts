import { createRequire } from 'node:module'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createServer, type Server } from '../../src/http/create-server.js'
import { fixtureHost } from '../../src/http/server-fixture.js'
import type { LiveRow } from '../../src/model/api.js'
import { virtualTime } from '../../src/runtime/seams/virtual-time.js'
import { powerQueryAvailable } from '../peers/available.js'
import { silentLog } from '../support/silent-log.js'
import { climateSchema, climateView } from './climate-view.js'
import { csvRecords } from './csv-records.js'
import { aimed, recipeBlocks } from './recipe-blocks.js'

const rowCount = 3_000
const view = climateView(rowCount)
/** A minute behind the last row, on the clock that `now` means. */
const now = Date.UTC(2026, 0, 15, 0, rowCount / 1_000 + 1)
const recipe = (language: string, heading: string): string => {
  const found = recipeBlocks('guides/query-results.md').filter(block => block.language === language && block.heading === heading)
  expect(found).toHaveLength(1)
  return aimed(found[0]!.text, server.url)
}
const held = (): LiveRow[] => [...view.query({}).rows]
let server: Server

beforeAll(async () => {
  const time = virtualTime(now)
  server = await createServer({
    host: { ...fixtureHost(time), views: () => [view] },
    bind: { host: '127.0.0.1', port: 0, portNamed: false },
    version: '1',
    time,
    log: silentLog,
  })
})
afterAll(() => server?.close())

/** What Power Query's types make of a text; undefined where it would show an error. */
const typed: Readonly<Record<string, (text: string) => LiveRow[number] | undefined>> = {
  'type number': text => (Number.isNaN(Number(text)) ? undefined : Number(text)),
  'Int64.Type': text => (/^-?\d+$/.test(text) ? Number(text) : undefined),
  'type logical': text => (text === 'true' || text === 'false' ? text === 'true' : undefined),
  'type datetimezone': text => (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text) ? Date.parse(text) : undefined),
}

describe('the recipe for Excel', () => {
  const parser = powerQueryAvailable()

  it.skipIf(!parser.present)('is Power Query, as Microsoft’s own parser reads it', async () => {
    if (!parser.present) return
    const { DefaultSettings, TaskUtils } = createRequire(import.meta.url)(parser.path) as {
      readonly DefaultSettings: unknown
      readonly TaskUtils: {
        tryLexParse(settings: unknown, text: string): Promise<{ readonly error?: { readonly message: string } }>
        isParseStageOk(task: unknown): boolean
      }
    }
    const told = async (text: string): Promise<unknown> => {
      const task = await TaskUtils.tryLexParse(DefaultSettings, text)
      return TaskUtils.isParseStageOk(task) || task.error?.message
    }
    const text = recipe('powerquery', 'Excel')
    expect(await told(text)).toBe(true)
    expect(await told(text.replace('\nin\n', '\n'))).toMatch(/^Expected/)
  })

  it('gets every row, and each column but the texts has a type that fits all its cells', async () => {
    const text = recipe('powerquery', 'Excel')
    const address = /Web\.Contents\("([^"]+)"\)/.exec(text)![1]!
    const types = new Map([...text.matchAll(/\{"(\w+)", ((?:type )?[\w.]+)\}/g)].map(([, name, type]) => [name!, type!]))
    expect(new Set(types.keys())).toEqual(new Set(climateSchema.filter(({ type }) => type !== 'text').map(({ name }) => name)))
    const [header, ...rows] = csvRecords(await (await fetch(address)).text())
    expect(header).toEqual(climateSchema.map(({ name }) => name))
    const values = rows.map(row =>
      row.map((cell, i) => (types.has(header![i]!) ? (cell === '' ? null : typed[types.get(header![i]!)!]!(cell)) : cell)),
    )
    expect(values).toEqual(held())
  })

  it('opened by a double click: dates and numbers are such, and no cell is a formula', async () => {
    const address = recipe('text', 'Excel').trim()
    const text = await (await fetch(address)).text()
    // `fetch` takes the byte order mark away, which api.test.ts looks for.
    const [header, ...rows] = csvRecords(text)
    expect(rows).toHaveLength(rowCount)
    const local = (ms: number): string => new Date(ms + 3_600_000).toISOString().slice(0, 19).replace('T', ' ')
    const shown = (value: LiveRow[number] | undefined, i: number): string =>
      climateSchema[i]!.type === 'timestamp' ? local(Number(value)) : value === null ? '' : String(value)
    const plain = (row: LiveRow): string[] =>
      row.map((value, i) => (typeof value === 'boolean' ? String(value).toUpperCase() : shown(value, i).replace(/^(?==)/, "'")))
    expect(header).toEqual(climateSchema.map(({ name }) => name))
    expect(rows).toEqual(held().map(plain))
  })
})

/** What the Infinity data source takes a value of a column for; false where it would show none. */
const fits: Readonly<Record<string, (value: unknown) => boolean>> = {
  timestamp: value => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
  string: value => typeof value === 'string',
  number: value => value === null || typeof value === 'number',
}

describe('the recipe for Grafana', () => {
  interface Query {
    readonly url: string
    readonly columns: readonly { readonly selector: string; readonly text: string; readonly type: string }[]
  }

  const asked = (from: number, to: number): Query =>
    JSON.parse(
      recipe('json', 'Grafana')
        .replaceAll('$' + '{__from}', `${from}`)
        .replaceAll('$' + '{__to}', `${to}`),
    ) as Query

  it('gets the closed windows of a panel’s range, each selected value of its type', async () => {
    const { url, columns } = asked(now - 3 * 60_000, now)
    const rows = (await (await fetch(url)).json()) as Readonly<Record<string, unknown>>[]
    const closed = [...view.query({ from: now - 3 * 60_000, to: now, final: true, columns: columns.map(c => c.selector) }).rows]
    expect(closed.length).toBeGreaterThan(1_000)
    expect(
      rows.map(row => columns.map(({ selector, type }) => (type === 'timestamp' ? Date.parse(String(row[selector])) : row[selector]))),
    ).toEqual(closed)
    for (const { selector, type } of columns) expect(rows.filter(row => !fits[type]!(row[selector]))).toEqual([])
  })

  it('never shows a part for the whole: more rows than a panel can have are an error on it', () => {
    expect(new URL(asked(0, now).url).searchParams.has('limit')).toBe(false)
  })
})
