/**
 * Breaks a text into at most `lines` lines of at most `letters` characters, at spaces where there are any; what does
 * not fit ends in an ellipsis.
 * @example
 * wrapText('AMQP queue telemetry · credit 1,000', 21, 2) // ['AMQP queue telemetry', '· credit 1,000']
 */
export const wrapText = (text: string, letters: number, lines: number): readonly string[] => {
  const done: string[] = []
  let rest = text.trim()
  while (rest !== '' && done.length < lines) {
    if (rest.length <= letters) {
      done.push(rest)
      return done
    }
    if (done.length === lines - 1) {
      done.push(`${rest.slice(0, letters - 1).trimEnd()}…`)
      return done
    }
    const space = rest.lastIndexOf(' ', letters)
    const at = space > 0 ? space : letters
    done.push(rest.slice(0, at).trimEnd())
    rest = rest.slice(at).trimStart()
  }
  return done
}

/**
 * The same with lines as equal as words allow, so that no word stands alone on the last one.
 * @example
 * balancedText('attached to readings, credit 813', 31, 2) // ['attached to', 'readings, credit 813']
 */
export const balancedText = (text: string, letters: number, lines: number): readonly string[] => {
  const usual = wrapText(text, letters, lines)
  const shown = usual.join(' ').length
  const even: (readonly string[])[] = []
  for (let fewer = Math.ceil(shown / Math.max(1, usual.length)); fewer < letters; fewer++) {
    const narrower = wrapText(text, fewer, usual.length)
    if (narrower.join(' ').length === shown && narrower.at(-1)?.endsWith('…') !== true) even.push(narrower)
  }
  // A dot between two facts ends a line rather than to begin one.
  return even.find(lines => !lines.some(line => line.startsWith('·'))) ?? even[0] ?? usual
}
