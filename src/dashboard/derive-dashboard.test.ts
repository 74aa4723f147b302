import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ViewColumn, ViewInfo } from '../model/api.js'
import { deriveDashboard } from './derive-dashboard.js'
import { misfits } from './misfit.js'
import { mostPanels } from './parse-dashboard.js'

const column = (name: string, type: ViewColumn['type'] = 'number', more: Partial<ViewColumn> = {}): ViewColumn => ({
  name,
  type,
  nullable: false,
  key: false,
  ...more,
})
const view = (id: string, columns: readonly ViewColumn[], more: Partial<ViewInfo> = {}): ViewInfo => ({
  id,
  job: 'j',
  columns,
  windowed: true,
  keep: null,
  rows: 0,
  bytes: 0,
  watermark: null,
  ...more,
})
const room = column('room', 'text', { key: true })
const panels = (...views: readonly ViewInfo[]) =>
  deriveDashboard('j', views).panels.map(panel => {
    if (panel.kind === 'graph') return 'graph'
    const band = panel.kind === 'line' && panel.band ? ` in ${panel.band.join('–')}` : ''
    return `${panel.kind} ${panel.view}.${panel.column}${band}${panel.by === undefined ? '' : ` by ${panel.by}`}`
  })

describe('a page derived from views', () => {
  it('draws the level with its band, not the counts beside it', () => {
    const columns = [
      room,
      column('n', 'integer'),
      column('stddev'),
      column('min'),
      column('mean'),
      column('max'),
      column('revision', 'integer'),
    ]
    expect(panels(view('climate', columns))).toEqual(['line climate.mean in min–max by room', 'multiples climate.mean by room', 'graph'])
  })

  it('draws a line for each unit, and calls each by its column', () => {
    const columns = [
      room,
      column('t', 'number', { unit: '°C' }),
      column('rh', 'number', { unit: '%' }),
      column('t_old', 'number', { unit: '°C' }),
    ]
    expect(panels(view('air', columns))).toEqual(['line air.t by room', 'line air.rh by room', 'multiples air.t by room', 'graph'])
    expect(deriveDashboard('j', [view('air', columns)]).panels[1]).toMatchObject({ title: 'air rh', unit: '%' })
  })

  it('never frames one unit by the extremes of another', () => {
    const columns = [
      column('mean', 'number', { unit: '%' }),
      column('min', 'number', { unit: '°C' }),
      column('max', 'number', { unit: '°C' }),
    ]
    expect(panels(view('air', columns))[0]).toBe('line air.mean')
  })

  it('takes several views and keys, and the views of sinks only where there is no other', () => {
    const keyed = [room, column('floor', 'integer', { key: true }), column('sum')]
    const sent = view('sent', keyed, { sink: true })
    expect(panels(view('a', keyed), view('b', [column('count', 'integer')]), sent)).toEqual([
      'line a.sum by room',
      'line b.count',
      'multiples a.sum by room',
      'graph',
    ])
    expect(panels(sent)).toEqual(['line sent.sum by room', 'multiples sent.sum by room', 'graph'])
  })

  it('has the graph alone where there are no numbers', () => {
    expect(panels(view('states', [room, column('state', 'text'), column('at', 'timestamp'), column('on', 'boolean')]))).toEqual(['graph'])
    expect(panels()).toEqual(['graph'])
  })

  it('fits its own views, whatever they are, and is bounded', () => {
    const name = fc.constantFrom('mean', 'min', 'max', 'n', 'count', 'value', 'room', 'revision', 'window_end', 't', '<script>')
    const type = fc.constantFrom<ViewColumn['type']>('number', 'integer', 'boolean', 'text', 'timestamp', 'list')
    const unit = fc.constantFrom({}, {}, { unit: '°C' }, { unit: '%' })
    const columns = fc.uniqueArray(
      fc.tuple(name, type, fc.boolean(), unit).map(([n, t, key, u]) => column(n, t, { key, ...u })),
      { selector: ({ name: own }) => own, maxLength: 8 },
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(columns, fc.boolean()), { maxLength: 40 }), list => {
        const views = list.map(([own, isSink], i) => view(`v${i}`, own, isSink ? { sink: true } : {}))
        const dashboard = deriveDashboard('j', views)
        expect(misfits(dashboard, views)).toEqual([])
        expect(dashboard.panels.length).toBeLessThan(mostPanels)
        expect(dashboard.panels.at(-1)).toEqual({ kind: 'graph', job: 'j' })
      }),
      { numRuns: 500, seed: 5 },
    )
  })
})
