import { MillraceError } from './errors/millrace-error.js'

/** A part of a time pattern: a letter with how often it stands there, or signs that stand for themselves. */
export type TimePatternPart = { readonly letter: string; readonly width: number } | { readonly literal: string }

const widths: Readonly<Record<string, readonly number[]>> = {
  y: [4],
  M: [1, 2],
  d: [1, 2],
  H: [1, 2],
  m: [1, 2],
  s: [1, 2],
  S: [1, 2, 3, 4, 5, 6, 7, 8, 9],
  X: [1, 3],
}

/**
 * The parts of a pattern of year to second. Letters as in Unicode TR 35 part 4 §8: `yyyy`, `M`/`MM`, `d`/`dd`, `H`/`HH`,
 * `m`/`mm`, `s`/`ss`, fractions `S…`, offsets `X` (`Z`, `+01`, `+0130`) and `XXX` (`Z`, `+01:30`); other signs and quoted
 * texts stand for themselves.
 *
 * @throws MR103 for a pattern that cannot be read.
 * @example
 * timePatternParts('yyyy-MM-dd') // [{ letter: 'y', width: 4 }, { literal: '-' }, …]
 */
export function timePatternParts(pattern: string): readonly TimePatternPart[] {
  const parts: TimePatternPart[] = []
  const refuse = (what: string): never => {
    throw new MillraceError('MR103', `the time pattern '${pattern}' ${what}`, {
      hint: "patterns know yyyy MM dd HH mm ss S… X XXX, and literals in single quotes: timestamp(\"yyyy-MM-dd'T'HH:mm:ss\", 'UTC')",
    })
  }
  for (let i = 0; i < pattern.length; ) {
    const letter = pattern[i]!
    if (letter === "'") {
      let end = i + 1
      let value = ''
      for (; ; end++) {
        if (end >= pattern.length) return refuse('has an open quote')
        if (pattern[end] !== "'") value += pattern[end]
        else if (pattern[end + 1] === "'") value += pattern[end++]
        else break
      }
      parts.push({ literal: value === '' ? "'" : value })
      i = end + 1
    } else if (/[a-zA-Z]/.test(letter)) {
      let width = 1
      while (pattern[i + width] === letter) width++
      if (!widths[letter]?.includes(width)) return refuse(`has the unknown part '${letter.repeat(width)}'`)
      if (parts.some(part => 'letter' in part && part.letter === letter)) return refuse(`names '${letter}' twice`)
      parts.push({ letter, width })
      i += width
    } else {
      parts.push({ literal: letter })
      i++
    }
  }
  for (const needed of ['y', 'M', 'd']) {
    if (!parts.some(part => 'letter' in part && part.letter === needed)) return refuse(`lacks '${needed}'`)
  }
  return parts
}
