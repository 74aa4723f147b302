import { shownText } from './shown-text.js'

/**
 * A name of at most so many characters. Its middle goes: what tells names of devices apart stands mostly at their ends.
 *
 * @example
 * shortName('pump-house-west/line-7/temperature-3', 20) // 'pump-house-…rature-3'
 */
export const shortName = (name: string, most: number): string => {
  const letters = [...shownText(name)]
  if (letters.length <= most) return letters.join('')
  const tail = Math.floor((most - 1) * 0.45)
  return `${letters.slice(0, most - 1 - tail).join('')}…${letters.slice(letters.length - tail).join('')}`
}
