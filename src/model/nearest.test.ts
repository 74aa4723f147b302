import { expect, test } from 'vitest'
import { nearest } from './nearest.js'

test('the nearest name, if one is near', () => {
  expect(nearest('celcius', ['room', 'celsius'])).toBe('celsius')
  expect(nearest('tmep', ['temp', 'time'])).toBe('temp')
  expect(nearest('Treshold', ['panels', 'thresholds'])).toBe('thresholds')
  expect(nearest('outOfOrder', ['skewed', 'outOfOrderness'])).toBe('outOfOrderness')
  expect(nearest('humidity', ['room', 'celsius'])).toBeUndefined()
  expect(nearest('at', ['room', 'id'])).toBeUndefined()
})
