import { expect, test } from 'vitest'
import { inspectKeys } from './inspect-keys.js'

const pressed = (characters: readonly string[]): readonly string[] => {
  const keys: string[] = []
  const press = inspectKeys(key => keys.push(key))
  for (const character of characters) press(character)
  return keys
}

test('arrows are three characters, in both modes of terminals; what is no key does nothing', () => {
  const arrow = (character: string, mode = '[') => ['\u001b', mode, character]
  expect(pressed([...arrow('a'), ...arrow('b'), ...arrow('c', 'o'), ...arrow('d', 'o')])).toEqual(['up', 'down', 'right', 'left'])
  expect(pressed(['space', 'k', 'j', 'x', '[', 'a'])).toEqual(['space', 'up', 'down'])
  expect(pressed([...arrow('h'), 'h'])).toEqual(['left'])
})
