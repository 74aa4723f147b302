/** One instruction of a Dockerfile, continued lines joined. */
export interface Instruction {
  readonly name: string
  readonly text: string
}

/** One stage: what its image begins with, its name, and what is done in it. */
export interface Stage {
  readonly from: string
  readonly name: string | undefined
  readonly instructions: readonly Instruction[]
}

/** Reads a Dockerfile into its stages. */
export function stagesOf(text: string): readonly Stage[] {
  const lines = text
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n/g, ' ')
    .split('\n')
  const stages: { from: string; name: string | undefined; instructions: Instruction[] }[] = []
  for (const line of lines) {
    const [, name, rest = ''] = /^([A-Z]+) +(.*)$/.exec(line.trim()) ?? []
    if (name === 'FROM') {
      const [from = '', , as] = rest.split(/ +/)
      stages.push({ from, name: as, instructions: [] })
    } else if (name !== undefined) stages.at(-1)?.instructions.push({ name, text: rest })
  }
  return stages
}

/** What a COPY copies: from the context, or from a stage. */
export interface Copied {
  readonly stage: string | undefined
  readonly sources: readonly string[]
  readonly target: string
}

export function copiesOf({ instructions }: Stage): readonly Copied[] {
  return instructions
    .filter(({ name }) => name === 'COPY')
    .map(({ text }) => {
      const words = text.split(/ +/)
      const stage = /^--from=(.+)$/.exec(words[0]!)?.[1]
      const paths = stage === undefined ? words : words.slice(1)
      return { stage, sources: paths.slice(0, -1), target: paths.at(-1)! }
    })
}

/** The words of an instruction in its form of a JSON array. */
export const wordsOf = (stage: Stage, name: string): readonly string[] => {
  const text = stage.instructions.findLast(one => one.name === name)?.text ?? '[]'
  return JSON.parse(text.slice(text.indexOf('['))) as string[]
}
