import { networkInterfaces } from 'node:os'
import pc from 'picocolors'
import { renderUnicodeCompact } from 'uqr'
import type { Share } from '../http/share-guard.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import { systemRandom } from '../runtime/seams/system-random.js'
import type { ProcessOptions } from './process-options.js'
import { type ShareAddress, shareAddress } from './share-address.js'
import { wrapLine } from './wrap-line.js'

/** 128 bits: nobody guesses it. */
const tokenDigits = 32

/** Where what is said of a name begins. */
const indent = 11
/** Of a terminal that does not tell its size. */
const unknownColumns = 80

/** A page that is to be shared. */
export interface Invitation {
  readonly share: Share
  readonly address: ShareAddress
}

/** What `--share` asks for; undefined where it was not given. @throws MR621, MR601 with `--no-http`. */
export function invitation({ share, http }: ProcessOptions): Invitation | undefined {
  if (share === undefined) return undefined
  if (http === false) throw new MillraceError('MR601', '--share shows the page, and --no-http serves none')
  const address = shareAddress(networkInterfaces(), share === true ? undefined : share)
  return { share: { host: address.host, token: systemRandom.hex(tokenDigits) }, address }
}

/**
 * Tells on stderr where guests look. Quiet or not: nobody could come without the token, so the address is not chatter but
 * what was asked for; `quiet` gives it alone, `json` as an object.
 */
export function invite(invitation: Invitation, sharedAt: string, { quiet, json }: Pick<ProcessOptions, 'quiet' | 'json'>): void {
  const columns = process.stderr.isTTY && !quiet ? process.stderr.columns || unknownColumns : undefined
  const lines = invitationLines(invitation, sharedAt, columns)
  const object = JSON.stringify({ level: 'info', message: 'guests may look', url: guestsUrl(invitation, sharedAt) })
  process.stderr.write(`${(json ? [object] : quiet ? lines.slice(0, 1) : lines).join('\n')}\n`)
}

const guestsUrl = ({ share }: Invitation, sharedAt: string): string => `${sharedAt}/?token=${share.token}`

/**
 * The lines that invite guests: in a terminal a QR code that a telephone reads, then the address with its token, for what
 * comes last stays in sight, and which other addresses there are.
 */
function invitationLines(invitation: Invitation, sharedAt: string, columns: number | undefined): readonly string[] {
  const { address } = invitation
  const url = guestsUrl(invitation, sharedAt)
  const others = address.others.map(({ host, interface: name }) => `${host} (${name})`).join(', ')
  const remark = `read only, unencrypted; who has this address can look. ${address.interface}${others ? `; or --share ${others}` : ''}`
  const lines = [`${pc.dim('guests    ')} ${pc.cyan(pc.bold(url))}`, wrapLine(`${' '.repeat(indent)}${pc.dim(remark)}`, columns, indent)]
  return columns === undefined ? lines : [...codeLines(invitation, sharedAt, columns), ...lines]
}

/** Capitals and digits alone, with the least redundancy, in half blocks: 17 lines. */
function codeLines({ share }: Invitation, sharedAt: string, columns: number): readonly string[] {
  const code = renderUnicodeCompact(`${sharedAt}/${share.token}`.toUpperCase(), { border: 2, ecc: 'L' }).split('\n')
  const width = code[0]!.length
  if (width > columns) return [`${' '.repeat(indent)}${pc.dim(`a QR code needs ${width} columns`)}`]
  const before = ' '.repeat(Math.min(indent, columns - width))
  // Light on dark whatever the terminal's colours are: not every reader takes the reverse.
  return code.map(line => before + pc.bgBlack(pc.whiteBright(line)))
}
