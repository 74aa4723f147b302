import { expect, test } from 'vitest'
import { chartNote } from './chart-note.js'

test.each([
  [{ column: 'mean' }, 'climate', '°C', 'mean, °C'],
  [{ column: 'mean' }, 'climate mean', '°C', '°C'],
  [{ column: 'mean' }, 'Meaning', undefined, 'mean'],
  [{ column: 'bar' }, 'Pressure', 'bar', 'bar'],
  [{ column: 'n' }, 'n', undefined, ''],
  [{ column: 'mean', note: 'over five minutes' }, 'climate', '°C', 'over five minutes'],
])('%j under %s in %s: %s', (panel, title, unit, words) => {
  expect(chartNote(panel, title, unit)).toBe(words)
})
