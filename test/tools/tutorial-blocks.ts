import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../cli/command.js'

/** A block of code in the tutorial. */
export interface TutorialBlock {
  readonly heading: string
  readonly language: string
  /** Behind the language: `[FILE]` where the block is a file or a change of one, else what kind of command it is. */
  readonly file: string | undefined
  readonly kind: string | undefined
  readonly text: string
}

/** All of them, in order. */
export function tutorialBlocks(): readonly TutorialBlock[] {
  const page = readFileSync(join(root, 'docs', 'tutorial.md'), 'utf8')
  let heading = ''
  return [...page.matchAll(/^## (.+)$|^```(\w+)(?: (.+))?\n([\s\S]*?)^```$/gm)].flatMap(([, title, language, info, text]) => {
    if (title !== undefined) heading = title
    if (language === undefined) return []
    const file = /^\[(.+)\]$/.exec(info ?? '')?.[1]
    return [{ heading, language, file, kind: file === undefined ? info : undefined, text: text! }]
  })
}

/** A text with the change of a `diff` block made, which must fit one place. */
export function changed(text: string, diff: string): string {
  const lines = diff.trimEnd().split('\n')
  const side = (sign: string) =>
    lines
      .filter(line => line[0] === ' ' || line[0] === sign)
      .map(line => line.slice(1))
      .join('\n')
  const [before, after] = [side('-'), side('+')]
  if (text.split(before).length !== 2) throw new Error(`not in one place of the file:\n${before}`)
  return text.replace(before, () => after)
}
