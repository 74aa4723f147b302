import { describe, expect, it } from 'vitest'
import { createViewRegistry } from '../views/view-registry.js'
import { AlertBook, type AlertChange, mostResolved, resolvedKeptMs } from './alert-book.js'
import type { AlertRule } from './alert-rule.js'
import { pointsKept } from './alert-track.js'
import { minuteMs, openClimate, outputs, type Row, start } from './alerts-fixture.js'
import { mostTracks } from './track-table.js'

const at = (minute: number): number => start + minute * minuteMs
const above: AlertRule = { view: 'climate', column: 'mean', above: 28, forMs: 0, level: 'critical' }

const following = (rules: readonly AlertRule[] = [above], registry = createViewRegistry()) => {
  const told: AlertChange[] = []
  const book = new AlertBook(change => told.push(change))
  const view = openClimate(registry)
  book.follow('rooms', [view], rules)
  const put = (...rows: readonly Row[]) => view.apply(outputs(rows))
  const lines = () => told.map(({ kind, alert }) => `${kind} ${alert.sentence}`)
  return { book, view, registry, put, told, lines }
}

describe('an alert', () => {
  it('fires, changes its value and its worst, is over, and says each in a sentence', () => {
    const { book, put, lines } = following()
    put({ mean: 27, minute: 1 })
    expect(book.alerts()).toEqual([])
    put({ mean: 29, minute: 2 })
    put({ mean: 31.25, minute: 3 })
    put({ mean: 30, minute: 4 })
    expect(book.alerts()).toMatchObject([
      {
        job: 'rooms',
        view: 'climate',
        column: 'mean',
        key: { room: 'a' },
        level: 'critical',
        above: 28,
        unit: '°C',
        state: 'firing',
        since: at(2),
        value: 30,
        worst: 31.25,
        sentence: 'room a: 30 °C, above 28 °C since 12:02',
      },
    ])
    put({ mean: 28, minute: 5 })
    expect(book.alerts()).toMatchObject([{ state: 'resolved', since: at(2), until: at(5), value: 28, worst: 31.25 }])
    expect(lines()).toEqual([
      'fires room a: 29 °C, above 28 °C since 12:02',
      'over room a: above 28 °C from 12:02 to 12:05, up to 31.25 °C; over',
    ])
  })

  it('is pending as long as the rule asks, on event time, and leaves nothing if it ends before', () => {
    const { book, put, lines } = following([{ ...above, forMs: 3 * minuteMs }])
    put({ mean: 29, minute: 1 }, { mean: 29, minute: 3 })
    expect(book.alerts()).toMatchObject([{ state: 'pending', since: at(1) }])
    expect(book.alerts()[0]?.sentence).toContain('fires if it lasts')
    put({ mean: 20, minute: 4 })
    expect(book.alerts()).toEqual([])
    put({ mean: 29, minute: 5 }, { mean: 29, minute: 7 })
    expect(book.alerts()).toMatchObject([{ state: 'pending', since: at(5) }])
    put({ mean: 29, minute: 8 })
    expect(book.alerts()).toMatchObject([{ state: 'firing', since: at(5) }])
    expect(lines()).toHaveLength(1)
  })

  it('neither fires nor ends by a provisional row', () => {
    const { book, put } = following()
    put({ mean: 40, minute: 1, final: false })
    expect(book.alerts()).toMatchObject([{ state: 'pending', value: 40 }])
    put({ mean: 27, minute: 1 })
    expect(book.alerts()).toEqual([])
    put({ mean: 29, minute: 2 }, { mean: 20, minute: 3, final: false })
    expect(book.alerts()).toMatchObject([{ state: 'firing', value: 20, worst: 29 }])
  })

  it('is withdrawn by a revision, by a removal and by a value that is no more', () => {
    const { book, put } = following()
    put({ mean: 29, minute: 1 })
    put({ mean: 27.5, minute: 1, revision: 1 })
    expect(book.alerts()).toEqual([])
    put({ mean: 29, minute: 2 })
    put({ mean: 29, minute: 2, removed: true })
    expect(book.alerts()).toEqual([])
    put({ mean: 29, minute: 3 })
    put({ mean: null, minute: 3, revision: 1 })
    expect(book.alerts()).toEqual([])
  })

  it('keeps to the windows that may still be revised, and sums the older up', () => {
    const { book, put } = following()
    for (let minute = 1; minute <= pointsKept + 5; minute++) put({ mean: minute === 2 ? 99 : 29, minute })
    put({ mean: 1, minute: 3, revision: 1 })
    expect(book.alerts()).toMatchObject([{ state: 'firing', since: at(1), worst: 99 }])
    put({ mean: 1, minute: 20, revision: 1 })
    expect(book.alerts()).toMatchObject([{ state: 'firing', since: at(21), worst: 29 }])
  })

  it('of a rule without a limit lasts while rows come', () => {
    const { view: _, ...rest } = { ...above }
    const { above: __, ...rule } = { ...rest, view: 'climate', label: 'hot steam' }
    const { book, view, put } = following([rule])
    put({ mean: 70, minute: 1 }, { mean: 80, minute: 2 })
    expect(book.alerts()[0]).toMatchObject({ state: 'firing', sentence: 'room a: hot steam 80 °C since 12:01' })
    book.follow('rooms', [view], [rule], at(4) - 1)
    expect(book.alerts()[0]?.state).toBe('firing')
    book.follow('rooms', [view], [rule], at(4))
    expect(book.alerts()[0]).toMatchObject({ state: 'resolved', since: at(1), until: at(2), worst: 80 })
    put({ mean: 60, minute: 9 })
    expect(book.alerts()[0]).toMatchObject({ state: 'firing', since: at(9) })
  })

  it('has a sentence of one line, whatever a device is called', () => {
    const { book, put } = following()
    put({ room: '<script>alert(1)</script>', mean: 30, minute: 1 })
    put({ room: `\u001b[2J\n\u202e${'x'.repeat(200)}`, mean: 31, minute: 2 })
    const [long, script] = book.alerts().map(({ sentence }) => sentence)
    expect(script).toBe('room <script>alert(1)</script>: 30 °C, above 28 °C since 12:01')
    expect(long).toMatch(/^room ·\[2J··x{54}…: 31 °C/)
    expect(book.alerts()[1]?.key).toEqual({ room: '<script>alert(1)</script>' })
    put({ room: 'room 7', mean: 32, minute: 3.5 })
    expect(book.alerts()[0]?.sentence).toBe('room 7: 32 °C, above 28 °C since 12:03:30')
  })
})

describe('the book', () => {
  it('puts what needs a person first', () => {
    const warning: AlertRule = { ...above, above: 25, level: 'warning' }
    const { book, put } = following([warning, above])
    put({ room: 'old', mean: 30, minute: 1 }, { room: 'over', mean: 30, minute: 1 }, { room: 'over', mean: 1, minute: 2 })
    put({ room: 'new', mean: 30, minute: 3 }, { room: 'soon', mean: 30, minute: 4, final: false })
    expect(book.alerts().map(({ key, level, state }) => `${key['room']} ${level} ${state}`)).toEqual([
      'new critical firing',
      'old critical firing',
      'new warning firing',
      'old warning firing',
      'soon critical pending',
      'soon warning pending',
      'over critical resolved',
      'over warning resolved',
    ])
  })

  it('remembers an acknowledgement for as long as the alert lasts, also when the view is opened anew', () => {
    const { book, registry, put } = following()
    put({ mean: 30, minute: 1 })
    const { id } = book.alerts()[0]!
    let changes = 0
    book.subscribe(() => changes++)
    expect(book.acknowledge('0000', at(1))).toBeUndefined()
    expect(book.acknowledge(id, at(2))).toMatchObject({ id, acknowledgedAt: at(2) })
    expect(book.acknowledge(id, at(3))).toMatchObject({ acknowledgedAt: at(2) })
    expect(changes).toBe(1)
    const again = openClimate(registry)
    book.follow('rooms', [again], [above])
    expect(book.alerts()).toEqual([])
    again.apply(outputs([{ mean: 30, minute: 1 }]))
    expect(book.alerts()).toMatchObject([{ id, state: 'firing', acknowledgedAt: at(2) }])
    again.apply(
      outputs([
        { mean: 1, minute: 2 },
        { mean: 30, minute: 3 },
      ]),
    )
    expect(book.alerts()).toMatchObject([{ id, state: 'firing', since: at(3) }])
    expect(book.alerts()[0]).not.toHaveProperty('acknowledgedAt')
  })

  it('takes other rules, and no rules, as they come', () => {
    const { book, view, put } = following()
    put({ mean: 30, minute: 1 })
    book.follow('rooms', [view], [{ ...above, above: 40 }])
    expect(book.alerts()).toEqual([])
    book.follow('rooms', [view], [{ ...above, above: 29 }])
    expect(book.alerts()).toMatchObject([{ above: 29, state: 'firing' }])
    book.follow(
      'rooms',
      [view],
      [
        { ...above, column: 'maen' },
        { ...above, column: 'room' },
        { ...above, by: 'floor' },
      ],
    )
    expect(book.alerts()).toEqual([])
    book.follow('rooms', [view], [])
    put({ mean: 50, minute: 2 })
    expect(book.alerts()).toEqual([])
  })

  it('tells of what fires in a view that it finds, not of what was over', () => {
    const view = openClimate()
    view.apply(
      outputs([
        { room: 'over', mean: 30, minute: 1 },
        { room: 'over', mean: 1, minute: 2 },
        { mean: 30, minute: 2 },
      ]),
    )
    const told: string[] = []
    const book = new AlertBook(({ kind, alert }) => told.push(`${kind} ${alert.key['room']}`))
    book.follow('rooms', [view], [above])
    expect(told).toEqual(['fires a'])
    expect(book.alerts().map(({ state }) => state)).toEqual(['firing', 'resolved'])
  })

  it('forgets what was over a day ago', () => {
    const { book, view, put } = following()
    put({ mean: 30, minute: 1 }, { mean: 1, minute: 2 })
    book.follow('rooms', [view], [above], at(2) + resolvedKeptMs)
    expect(book.alerts()).toHaveLength(1)
    book.follow('rooms', [view], [above], at(2) + resolvedKeptMs + 1)
    expect(book.alerts()).toEqual([])
  })

  it('is bounded: old alerts go, calm keys give way, and for more there is no room', () => {
    const { book, view, put } = following()
    const many = (count: number, mean: number, minute: number, name: string): readonly Row[] =>
      Array.from({ length: count }, (_, i) => ({ room: `${name}${i}`, mean, minute }))
    put(...many(mostResolved + 5, 30, 1, 'r'))
    put(...many(mostResolved, 1, 3, 'r'), ...Array.from({ length: 5 }, (_, i) => ({ room: `r${mostResolved + i}`, mean: 1, minute: 2 })))
    book.follow('rooms', [view], [above], at(4))
    expect(book.alerts()).toHaveLength(mostResolved)
    expect(book.alerts().every(({ until }) => until === at(3))).toBe(true)
    put(...many(2 * mostTracks, 20, 4, 'calm'))
    expect(book.refused).toBe(0)
    put(...many(mostTracks, 30, 5, 'hot'))
    expect(book.alerts().length).toBe(mostTracks)
    expect(book.refused).toBeGreaterThan(0)
  })

  it('places rows without windows at the time that they tell, else where they came', () => {
    const registry = createViewRegistry()
    const open = (id: string, timestamp: boolean) => {
      const time = timestamp ? [{ name: 'at', type: 'timestamp' as const, nullable: false }] : []
      const schema = [{ name: 'mean', type: 'number' as const, nullable: false }, ...time]
      const view = registry.open('raw', { id, spec: { params: {} }, schema, windowed: false, keyColumns: [] }).view
      const put = (wall: number, mean: number, at: number) => {
        const column = (value: number) => ({ type: 'number' as const, values: Float64Array.of(value), nulls: undefined })
        const columns = { mean: column(mean), ...(timestamp && { at: column(at) }) }
        const key = `${id}/${wall}`
        view.apply({
          sink: id,
          length: 1,
          schema,
          columns,
          computed: {},
          ids: [key],
          keys: [key],
          removed: undefined,
          wall,
          watermark: -Infinity,
        })
      }
      return { view, put }
    }
    const told = open('told', true)
    const came = open('came', false)
    told.put(at(5), 30, at(1))
    came.put(at(5), 30, at(1))
    const book = new AlertBook()
    const rules = ['told', 'came'].map(view => ({ ...above, view }))
    book.follow('raw', [told.view, came.view], rules)
    told.put(at(7), 31, at(2))
    came.put(at(7), 1, at(2))
    expect(book.alerts()).toMatchObject([
      { view: 'told', key: {}, state: 'firing', since: at(1), worst: 31 },
      { view: 'came', state: 'resolved', since: at(5), until: at(7) },
    ])
  })
})
