import { MillraceError } from '../model/errors/millrace-error.js'
import { nearest } from '../model/nearest.js'

/**
 * Refuses a value that an operator cannot take, in a job without type check.
 *
 * @throws MR159 with what is wanted.
 */
export function expectValue(holds: boolean, operator: string, wanted: string): void {
  if (!holds) throw new MillraceError('MR159', `${operator} wants ${wanted}`)
}

/**
 * The options of an operator, checked for unknown keys, which TypeScript does not see in a job without type check.
 *
 * @throws MR159 naming the key and the nearest known one.
 */
export function optionsOf<T extends object>(operator: string, options: T, known: readonly (keyof T & string)[]): T {
  if (typeof options !== 'object' || options === null) {
    throw new MillraceError('MR159', `${operator} needs its options as an object`, {
      hint: `its options are ${known.join(', ')}, as in { ${known[0]}: … }`,
    })
  }
  for (const key of Object.keys(options)) {
    if ((known as readonly string[]).includes(key)) continue
    const near = nearest(key, known)
    throw new MillraceError('MR159', `${operator} has no option \`${key}\``, {
      hint: near ? `did you mean \`${near}\`?` : `its options are ${known.join(', ')}`,
    })
  }
  return options
}
