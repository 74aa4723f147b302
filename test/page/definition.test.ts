import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { deriveDashboard } from '../../src/dashboard/derive-dashboard.js'
import { misfit } from '../../src/dashboard/misfit.js'
import { DashboardError, knownKeys, parseDashboard } from '../../src/dashboard/parse-dashboard.js'
import { views } from './scripted-feed.js'

const folder = new URL('../../dashboards/', import.meta.url)
const readJson = (name: string): unknown => JSON.parse(readFileSync(new URL(name, folder), 'utf8'))
const names = readdirSync(fileURLToPath(folder)).filter(name => name.endsWith('.json') && name !== 'dashboard.schema.json')

const problemsOf = (value: unknown): readonly { at: string; message: string; hint: string }[] => {
  try {
    parseDashboard(value, 'x.json')
  } catch (error) {
    if (error instanceof DashboardError) return error.problems
    throw error
  }
  return []
}
const panel = (fields: object): object => ({ title: 'T', panels: [fields] })

describe('dashboard definitions', () => {
  test.each(names)('%s is valid', name => {
    expect(parseDashboard(readJson(name), name).panels.length).toBeGreaterThan(0)
  })

  test('the shipped mote-climate definition fits the views of its job', () => {
    const { panels, range } = parseDashboard(readJson('mote-climate.json'), 'mote-climate.json')
    const own = views.filter(view => view.job === 'mote-climate')
    expect(panels.map(p => misfit(p, own))).toEqual(panels.map(() => undefined))
    expect(range).toBe(40 * 60_000)
  })

  test('the example of the guide is understood', () => {
    const dashboard = parseDashboard(
      {
        title: 'Plant floor',
        range: '15m',
        panels: [
          { line: 'climate.mean', band: ['min', 'peak'], by: 'room', unit: '°C', thresholds: [{ above: 28, for: '1m', level: 'warning' }] },
          { multiples: 'climate.mean', by: 'room' },
          { graph: 'room-climate' },
        ],
      },
      'plant.json',
    )
    expect(dashboard.range).toBe(900_000)
    expect(dashboard.panels.map(p => p.kind)).toEqual(['line', 'multiples', 'graph'])
    expect(dashboard.panels[0]).toMatchObject({
      view: 'climate',
      column: 'mean',
      band: ['min', 'peak'],
      thresholds: [{ above: 28, for: '1m' }],
    })
  })

  test.each([
    [{ title: 'T', pannels: [] }, 'pannels', 'did you mean "panels"?'],
    [panel({ lin: 'a.b' }), 'panels[0]', 'did you mean "line"?'],
    [panel({ line: 'a.b', treshold: [] }), 'panels[0].treshold', 'did you mean "thresholds"?'],
    [panel({ line: 'a.b', thresholds: [{ abov: 3 }] }), 'panels[0].thresholds[0].abov', 'did you mean "above"?'],
    [panel({ line: 'climate' }), 'panels[0].line', 'write it as "view.column"'],
    [panel({ line: 'a.b', band: ['min'] }), 'panels[0].band', 'write it as ["min", "max"]'],
    [panel({ line: 'a.b', thresholds: [{ above: '28' }] }), 'panels[0].thresholds[0].above', 'write a number without quotes'],
    [panel({ line: 'a.b', thresholds: [{ above: 1, level: 'bad' }] }), 'panels[0].thresholds[0].level', 'use "warning" or "critical"'],
    [{ title: 'T', range: '15 minutes', panels: [] }, 'range', 'write it as "30s", "15m" or "6h"'],
    [{ panels: [] }, 'title', 'add "title": "…"'],
    [[], 'dashboard', 'an object with $schema, title, range, panels'],
    [{ title: 'T', panels: ['line'] }, 'panels[0]', 'a panel is an object with one of line, multiples, alerts, graph'],
  ])('%j names the place and the remedy', (value, at, hint) => {
    expect(problemsOf(value)).toContainEqual(expect.objectContaining({ at, hint }))
  })

  test('all problems come at once', () => {
    expect(problemsOf({ title: 'T', rnge: '5m', panels: [{ line: 'x' }, { multiples: 'a.b', byy: 'c' }] })).toHaveLength(3)
  })

  test('schema and parser know the same keys', () => {
    const schema = readJson('dashboard.schema.json') as {
      properties: object
      $defs: Record<string, { properties?: object; additionalProperties?: boolean }>
    }
    const { dashboard, ...kinds } = knownKeys
    expect(Object.keys(schema.properties).sort()).toEqual([...dashboard].sort())
    for (const [kind, keys] of Object.entries(kinds)) {
      expect(Object.keys(schema.$defs[kind]?.properties ?? {}).sort(), kind).toEqual([...keys].sort())
      expect(schema.$defs[kind]?.additionalProperties, kind).toBe(false)
    }
  })

  test('a column or view that is not there is named, with the one that was meant', () => {
    const [line] = parseDashboard(panel({ line: 'climate.maen' }), 'x').panels
    expect(misfit(line!, views)).toContain('did you mean "mean"?')
    const [other] = parseDashboard(panel({ line: 'climat.mean' }), 'x').panels
    expect(misfit(other!, views)).toContain('did you mean "climate"?')
  })

  test('a job without a definition gets lines with bands and small multiples', () => {
    const { panels } = deriveDashboard(
      'mote-climate',
      views.filter(view => view.job === 'mote-climate'),
    )
    expect(panels[0]).toMatchObject({ kind: 'line', view: 'climate', column: 'mean', band: ['min', 'max'], by: 'mote', unit: '°C' })
    expect(panels.map(p => p.kind)).toEqual(['line', 'line', 'multiples', 'graph'])
    // What a sink was sent is drawn where a job has nothing else.
    expect(
      deriveDashboard(
        'steam',
        views.filter(view => view.sink),
      ).panels[0],
    ).toMatchObject({ kind: 'line', view: 'steam', column: 'humidity' })
    expect(deriveDashboard('empty', []).panels).toEqual([{ kind: 'graph', job: 'empty' }])
  })
})
