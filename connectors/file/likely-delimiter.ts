import { csvNames } from '../../src/codecs/csv-names.js'

const usual = [',', ';', '\t', '|']
const shown: Readonly<Record<string, string>> = { '\t': '\\t' }

/**
 * A remedy for a header that does not name the wanted columns: the delimiter by which it names more of them, or has cells at all.
 * Undefined: another one would not help.
 */
export function likelyDelimiter(record: Uint8Array, wanted: readonly string[], delimiter: number): string | undefined {
  const told = /^sep=(.)$/i.exec(new TextDecoder().decode(record.subarray(0, 8)))?.[1]
  if (told !== undefined) return remedy(told)
  const named = (sign: number): readonly string[] => {
    const names = csvNames(record, 0, record.length, sign)
    return 'code' in names ? [] : names
  }
  const found = (names: readonly string[]): number => wanted.filter(name => names.includes(name)).length
  const now = named(delimiter)
  const others = usual
    .filter(sign => sign.charCodeAt(0) !== delimiter)
    .map(sign => ({ sign, names: named(sign.charCodeAt(0)) }))
    .filter(({ names }) => found(names) > found(now) || (now.length === 1 && names.length > 1))
    .sort((a, b) => found(b.names) - found(a.names) || b.names.length - a.names.length)
  return others[0] && remedy(others[0].sign)
}

function remedy(sign: string): string {
  const text = `'${shown[sign] ?? sign}'`
  return `did you mean delimiter ${text}? csv(Schema, { delimiter: ${text} }), or --delimiter ${text} beside --read`
}
