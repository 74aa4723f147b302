/**
 * Why the server did not do something, and what helps, without the last full stop: what is said of it goes on or ends there.
 *
 * @example
 * refusalWords('no such letter', 'Look at the list.') // 'no such letter. Look at the list'
 * refusalWords("'pause' cannot be done now", 'what can be done: kill') // "'pause' cannot be done now; what can be done: kill"
 */
export const refusalWords = (detail: string, hint = ''): string => {
  const [what, help] = [detail, hint].map(part => part.trim().replace(/\.+$/, '')) as [string, string]
  if (help === '') return what
  return /^\p{Lu}/u.test(help) ? `${what}. ${help}` : `${what}; ${help}`
}
