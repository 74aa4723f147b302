import pc from 'picocolors'
import { explainCode } from '../model/errors/catalogue.js'
import { instantText } from '../model/instant-text.js'
import { printable } from '../model/printable.js'
import { byteText } from './byte-text.js'
import { hexLines } from './dead-letters-hex.js'
import { type DeadLettersPlace, openDeadLetters } from './dead-letters-open.js'
import { fateOf } from './dead-letters-text.js'
import { writeOut } from './write-out.js'

/** Bytes that are shown unless all are asked for. */
const shownBytes = 1_024

export interface DeadLettersShowOptions extends DeadLettersPlace {
  readonly json?: boolean
  readonly all?: boolean
  readonly raw?: boolean
}

/** `millrace dead-letters show ID`: where, why, what to do, and its bytes as hex and text. Gives the exit code. */
export async function showDeadLetter(id: string, options: DeadLettersShowOptions): Promise<number> {
  const { letter, bytes } = await (await openDeadLetters(options)).find(id)
  if (options.raw) {
    process.stdout.write(bytes)
    return 0
  }
  if (options.json) {
    await writeOut(`${JSON.stringify({ ...letter, bytes: Buffer.from(bytes).toString('base64') })}\n`)
    return 0
  }
  const page = explainCode(letter.code)
  const [reason = '', ...more] = letter.reason.split('\n').map(printable)
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['job', letter.job],
    ['source', letter.source],
    ['refused', instantText(letter.at)],
    ['place', letter.path],
    ['why', `${pc.yellow(letter.code)} ${page ? `${page.title}: ` : ''}${reason}`],
    ...more.map(line => ['', line] as const),
    ['remedy', page && `${page.remedy} ${pc.dim(`(millrace explain ${letter.code})`)}`],
    ['retry', fateOf(letter)],
    ['size', byteText(letter.size)],
    ['text', printable(letter.sample)],
  ]
  await writeOut(`${pc.bold(printable(letter.id))}\n`)
  for (const [name, text] of facts) if (text !== undefined) await writeOut(`${pc.dim(name.padEnd(8))} ${text}\n`)
  const shown = options.all ? bytes : bytes.subarray(0, shownBytes)
  await writeOut(`\n${hexLines(shown).join('\n')}\n`)
  if (shown.length < bytes.length) await writeOut(pc.dim(`${byteText(bytes.length - shown.length)} more: --all, or --raw for a file\n`))
  return 0
}
