import { expect, test } from 'vitest'
import { refusalWords } from './refusal-words.js'

test('what was refused and what helps are joined as they are written, without a second full stop', () => {
  expect(refusalWords('this page is read only', undefined)).toBe('this page is read only')
  expect(refusalWords('no such letter', 'Look at the list.')).toBe('no such letter. Look at the list')
  expect(refusalWords('not now', 'what can be done: kill')).toBe('not now; what can be done: kill')
  expect(refusalWords('It is over.', '')).toBe('It is over')
})
