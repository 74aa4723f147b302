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
