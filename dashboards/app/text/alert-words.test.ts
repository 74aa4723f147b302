import { describe, expect, test } from 'vitest'
import type { Alert } from '../../../src/model/alert.js'
import { alertFacts, alertSubject } from './alert-words.js'

const noon = Date.UTC(2026, 0, 15, 12)
const alert = (change: Partial<Alert> = {}): Alert => ({
  id: 'a',
  job: 'rooms',
  view: 'climate',
  column: 'mean',
  key: { room: 'kiln' },
  level: 'critical',
  above: 28,
  unit: '°C',
  state: 'firing',
  since: noon,
  value: 29.5,
  worst: 31.2,
  sentence: '',
  ...change,
})

describe('words of an alert', () => {
  test.each([
    [{ room: 'kiln' }, 'kiln'],
    [{ mote: 1 }, 'mote 1'],
    [{ room: '<script>', hall: null }, '<script> · hall (none)'],
    [{ room: '' }, 'room ""'],
    [{}, 'mean'],
  ])('%j is called %s', (key, words) => {
    expect(alertSubject(alert({ key }))).toBe(words)
  })

  test.each([
    [{}, 'critical: mean 29.5 °C, above 28 °C · firing for 3 min, since 12:00 · at worst 31.2 °C'],
    [{ worst: 29.5, level: 'warning' }, 'warning: mean 29.5 °C, above 28 °C · firing for 3 min, since 12:00'],
    [{ state: 'pending', worst: 29.5 }, 'critical: mean 29.5 °C, above 28 °C · for 3 min, fires if it lasts'],
    [{ state: 'pending', since: noon + 180_000, worst: 29.5 }, 'critical: mean 29.5 °C, above 28 °C · since 12:03, fires if it lasts'],
    [{ since: noon + 180_000, worst: 29.5 }, 'critical: mean 29.5 °C, above 28 °C · firing since 12:03'],
    [{ state: 'resolved', until: noon + 60_000 }, 'over: above 28 °C · 12:00–12:01 · up to 31.2 °C'],
    [{ value: 27 }, 'critical: mean 27.0 °C, was above 28 °C · firing for 3 min, since 12:00 · at worst 31.2 °C'],
    [{ since: noon + 110_000, worst: 29.5 }, 'critical: mean 29.5 °C, above 28 °C · firing for 70 s, since 12:01:50'],
    [{ state: 'resolved', since: noon + 10_400, until: noon + 20_700 }, 'over: above 28 °C · 12:00:10–12:00:20 · up to 31.2 °C'],
    [{ label: 'too hot', worst: 29.5 }, 'critical: too hot 29.5 °C, above 28 °C · firing for 3 min, since 12:00'],
    [{ since: noon - 86_400_000, worst: 29.5 }, 'critical: mean 29.5 °C, above 28 °C · firing for 24 h 3 min, since 2026-01-14 12:00'],
    [{ since: noon - 9 * 86_400_000, worst: 29.5 }, 'critical: mean 29.5 °C, above 28 °C · firing since 2026-01-06 12:00'],
    [
      { state: 'pending', since: noon - 9 * 86_400_000, worst: 29.5 },
      'critical: mean 29.5 °C, above 28 °C · since 2026-01-06 12:00, fires if it lasts',
    ],
  ] as [Partial<Alert>, string][])('%j reads %s', (change, words) => {
    expect(alertFacts(alert(change), noon + 180_000)).toBe(words)
  })

  test('a lower limit, both limits, and none', () => {
    const { above: _, ...rest } = alert({ worst: 29.5 })
    expect(alertFacts({ ...rest, below: 30 }, noon)).toContain('below 30 °C')
    expect(alertFacts({ ...rest, above: 28, below: 10 }, noon)).toContain('above 28 °C or below 10 °C')
    expect(alertFacts({ ...rest, below: 30, state: 'resolved', until: noon }, noon)).toContain('down to 29.5 °C')
    expect(alertFacts(rest, noon)).toBe('critical: mean 29.5 °C · firing since 12:00')
    expect(alertFacts({ ...rest, state: 'resolved', until: noon }, noon)).toContain('over: mean · 12:00')
  })
})
