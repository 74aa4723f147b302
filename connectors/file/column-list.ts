const most = 20
const longest = 40

/** Names as a message gives them, however many and long they are. */
export function columnList(names: readonly string[]): string {
  const some = names.slice(0, most).map(name => (name.length > longest ? `${name.slice(0, longest)}…` : name))
  return names.length > most ? `${some.join(', ')} and ${(names.length - most).toLocaleString('en')} more` : some.join(', ')
}
