const utf8 = new TextEncoder()

/** True where a text stands in JSON as it is, without escapes: only then may its bytes be compared. */
export const isPlainText = (text: string): boolean => JSON.stringify(text) === `"${text}"`

/**
 * The source that looks for one of several literals at `at`: one case for each first word, by which most differ, then
 * their other words, the last of which overlaps. What is found is passed, and `found` done. The caller sees to those
 * shorter than a word.
 */
export function literalsSource(literals: readonly string[], found: (literal: number) => string): string {
  const cases = new Map<number, string>()
  literals.forEach((literal, i) => {
    const { length, words } = wordsOf(literal)
    const [first, ...others] = words
    if (!first) return
    const tests = [`at + ${length} < end`, ...others.map(({ at, word }) => `view.getInt32(at + ${at}, true) === ${word}`)]
    const taken = `
            if (${tests.join(' && ')}) {
              at += ${length}
              ${found(i)}
              break
            }`
    cases.set(first.word, (cases.get(first.word) ?? '') + taken)
  })
  const list = [...cases].map(([word, taken]) => `\n          case ${word}:${taken}\n            break`)
  return `switch (view.getInt32(at, true)) {${list.join('')}
        }`
}

/** A text's UTF-8 as little-endian words; none where it is shorter than one. */
function wordsOf(text: string): { readonly length: number; readonly words: readonly { readonly at: number; readonly word: number }[] } {
  const bytes = utf8.encode(text)
  const { length } = bytes
  const view = new DataView(bytes.buffer, bytes.byteOffset, length)
  const words = Array.from({ length: length < 4 ? 0 : Math.ceil(length / 4) }, (_, i) => {
    const at = Math.min(4 * i, length - 4)
    return { at, word: view.getInt32(at, true) }
  })
  return { length, words }
}
