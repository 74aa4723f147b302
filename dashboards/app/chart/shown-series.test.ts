import { expect, test } from 'vitest'
import { withFiring } from './shown-series.js'

test.each([
  ['nothing fires', ['a', 'b'], [], ['a', 'b']],
  ['what fires is shown already', ['a', 'b'], ['b'], ['a', 'b']],
  ['what fires takes the place of another', ['a', 'b', 'c'], ['x'], ['x', 'a', 'b']],
  ['one of two is shown already', ['a', 'b', 'c'], ['x', 'c'], ['x', 'c', 'a']],
  ['more fire than can be told apart', ['a', 'b', 'c'], ['x', 'y', 'z', 'b'], ['x', 'y', 'z']],
])('%s', (_, shown, firing, result) => {
  expect(withFiring(shown, firing, 3)).toEqual(result)
})
