/** What a person wants of the table. */
export type InspectKey = 'up' | 'down' | 'left' | 'right' | 'space'

const escapeCode = '\u001b'
const arrows: Readonly<Record<string, InspectKey>> = { a: 'up', b: 'down', c: 'right', d: 'left' }
const letters: Readonly<Record<string, InspectKey>> = { k: 'up', j: 'down', l: 'right', h: 'left', space: 'space' }

/** Makes keys of the single characters, in lower case, in which a terminal sends them: an arrow is three. */
export function inspectKeys(pressed: (key: InspectKey) => void): (character: string) => void {
  let begun = ''
  return character => {
    if (character === escapeCode) begun = escapeCode
    // Terminals send `ESC [ A`, or, in application mode, `ESC O A`.
    else if (begun === escapeCode && (character === '[' || character === 'o')) begun = '['
    else {
      const key = begun === '[' ? arrows[character] : letters[character]
      begun = ''
      if (key) pressed(key)
    }
  }
}
