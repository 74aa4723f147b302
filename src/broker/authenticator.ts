import { createHash, timingSafeEqual } from 'node:crypto'
import type { FrameReader } from '../amqp/frame-reader.js'

const digest = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest()

/** Judges SASL exchanges; names and passwords are compared in constant time. */
export class Authenticator {
  readonly #users: readonly { readonly name: Buffer; readonly password: Buffer }[]
  readonly #anonymous: (remoteAddress: string) => boolean

  constructor(users: Readonly<Record<string, string>>, anonymous: (remoteAddress: string) => boolean) {
    this.#users = Object.entries(users).map(([name, password]) => ({ name: digest(name), password: digest(password) }))
    this.#anonymous = anonymous
  }

  allowsAnonymous(remoteAddress: string): boolean {
    return this.#anonymous(remoteAddress)
  }

  mechanisms(remoteAddress: string): string[] {
    const list: string[] = []
    if (this.#users.length > 0) list.push('PLAIN')
    if (this.#anonymous(remoteAddress)) list.push('ANONYMOUS')
    return list
  }

  /** Judges a sasl-init whose descriptor is already read: mechanism and initial response. */
  judges(reader: FrameReader, remoteAddress: string): boolean {
    const mechanism = reader.field()
    return typeof mechanism === 'string' && this.accepts(mechanism, reader.binary() ?? Buffer.alloc(0), remoteAddress)
  }

  /** Whether the initial response of `mechanism` is good. PLAIN (RFC 4616): authorization id, name, password, NUL between them. */
  accepts(mechanism: string, response: Buffer, remoteAddress: string): boolean {
    if (mechanism === 'ANONYMOUS') return this.#anonymous(remoteAddress)
    if (mechanism !== 'PLAIN') return false
    const parts = response.toString('utf8').split('\0')
    if (parts.length !== 3) return false
    const name = digest(parts[1]!)
    const password = digest(parts[2]!)
    let good = false
    // Every user is compared, so that the time tells nothing about which name exists.
    for (const user of this.#users) {
      const match = timingSafeEqual(user.name, name)
      if (timingSafeEqual(user.password, password) && match) good = true
    }
    return good
  }
}

/** 127.0.0.0/8, ::1, and their mapped forms. */
export const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.')
