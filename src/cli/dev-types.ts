import { relative } from 'node:path'
import pc from 'picocolors'
import { typeCheck } from './type-check.js'

/** Checks types beside the jobs, in a process of its own, one check at a time; nothing waits for it. */
export class DevTypes {
  readonly #paths: readonly string[]
  readonly #say: (text: string) => void
  #checking: Promise<void> | undefined
  #again = false
  #last = ''
  #closed = false

  constructor(paths: readonly string[], say: (text: string) => void) {
    this.#paths = paths
    this.#say = say
  }

  /** Looks at the files as they are now; a check that runs already is followed by another. */
  check(): void {
    if (this.#checking) this.#again = true
    else
      this.#checking = this.#check().finally(() => {
        this.#checking = undefined
        if (!this.#again) return
        this.#again = false
        this.check()
      })
  }

  /** What is still being checked is not told of any more. */
  close(): void {
    this.#closed = true
    this.#again = false
  }

  async #check(): Promise<void> {
    const texts: string[] = []
    for (const path of this.#paths) {
      const name = relative('', path)
      const types = await typeCheck(path).catch((error: Error) => ({ checked: false, reason: error.message }) as const)
      if (!types.checked) texts.push(pc.dim(`types      not checked: ${types.reason}`))
      else if (types.ok) texts.push(`${pc.dim('types     ')} ${pc.green('✓')} ${name}`)
      else texts.push(`${pc.dim('types     ')} ${pc.red('✗')} ${name} ${pc.dim('(the job runs all the same)')}\n${types.output}`)
    }
    const text = texts.join('\n')
    // What was said already is not news, unless it is wrong.
    if (!this.#closed && (text !== this.#last || text.includes('✗'))) this.#say(text)
    this.#last = text
  }
}
