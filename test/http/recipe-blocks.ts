import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A block of code in a guide, under the heading that it stands below. */
export interface RecipeBlock {
  readonly heading: string
  readonly language: string
  readonly text: string
}

/** The code blocks of a Markdown file below `docs/`, in order. */
export function recipeBlocks(file: string): readonly RecipeBlock[] {
  const text = readFileSync(join(import.meta.dirname, '..', '..', 'docs', file), 'utf8')
  let heading = ''
  return [...text.matchAll(/^## (.+)$|^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, title, language, block]) => {
    if (title !== undefined) heading = title
    return language === undefined ? [] : [{ heading, language, text: block! }]
  })
}

/** A block with the address of the guide replaced by that of a server. */
export const aimed = (text: string, url: string): string => text.replaceAll('http://127.0.0.1:8080', url)
