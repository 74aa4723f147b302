import { createHash } from 'node:crypto'
import type { TimeSource } from '../model/seams.js'

/** Different wrong tokens that one address may try. One that is repeated, as by a page left open over a restart, counts once. */
const mostTokens = 10
/** Addresses remembered; the one heard of longest ago is forgotten first. */
const mostAddresses = 1_000
const periodMs = 60_000

interface Attempts {
  readonly since: number
  readonly tokens: Set<string>
}

/** Who has tried wrong tokens: after ten of them an address waits out the minute, whatever it brings. */
export class ShareAttempts {
  readonly #time: TimeSource
  readonly #byAddress = new Map<string, Attempts>()

  constructor(time: TimeSource) {
    this.#time = time
  }

  blocked(address: string): boolean {
    return (this.#of(address)?.tokens.size ?? 0) >= mostTokens
  }

  wrong(address: string, token: string): void {
    const attempts = this.#of(address) ?? { since: this.#time.monotonic(), tokens: new Set() }
    attempts.tokens.add(createHash('sha256').update(token).digest('base64'))
    this.#byAddress.delete(address)
    this.#byAddress.set(address, attempts)
    if (this.#byAddress.size > mostAddresses) for (const oldest of this.#byAddress.keys()) return void this.#byAddress.delete(oldest)
  }

  #of(address: string): Attempts | undefined {
    const attempts = this.#byAddress.get(address)
    if (attempts && this.#time.monotonic() - attempts.since < periodMs) return attempts
    this.#byAddress.delete(address)
    return undefined
  }
}
