import { encodeMessage } from '../../src/amqp/encode-message.js'

/** Data time of message 0. */
export const firstAt = Date.parse('2024-03-01T00:00:00Z')
export const devices = 500
/** Places for messages of one device in one window: what `identitySet` can hold exactly. */
export const slots = 40
export const windowMs = 1_000
export const perWindow = devices * slots
const perMs = perWindow / windowMs
/** A message that is sent again follows so many places behind itself. */
const repeatLag = 997

/** 32 well mixed bits of a seed and a number. */
export function mixed(seed: number, n: number): number {
  let h = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(n + 1, 0xc2b2ae35)
  h = Math.imul(h ^ (h >>> 16), 0x21f0aaad)
  h = Math.imul(h ^ (h >>> 15), 0x735a2d97)
  return (h ^ (h >>> 15)) >>> 0
}

export const deviceName = (device: number): string => `d${String(device).padStart(3, '0')}`

/**
 * The load of a crash run, as a function of its seed alone, so that sender and judge know it without telling each other.
 * Message `i` belongs to window `i / 20,000` and to one of 500 devices, where it has one of 40 places; its message-id is
 * `i`. About one in sixteen is left out, so that the sets of two windows differ; one in 1,024 is bad; one in 256 is sent
 * twice, as by a device that never heard that it was accepted.
 *
 * Sets of identities are compared, and exactly, though a result row holds two numbers only: a message in place `p` says
 * `2^p`, and the job counts and sums these. Of all multisets of powers of two with one sum, the set without a repetition
 * (the sum's binary digits) is the only smallest, since any two equal ones could be replaced by a single one. So where
 * the count equals the number of ones in the sum, each identity named by the sum was counted exactly once and no other
 * was; 40 places leave 2^13 repetitions before a double would round.
 */
export class CrashStream {
  readonly seed: number

  constructor(seed: number) {
    this.seed = seed
  }

  kind(i: number): 'good' | 'bad' | 'absent' {
    const h = mixed(this.seed, i) & 1023
    if (h === 0) return 'bad'
    return h <= 64 ? 'absent' : 'good'
  }

  /** The message that is sent once more right behind message `i`. */
  repeatedBehind(i: number): number | undefined {
    const earlier = i - repeatLag
    return earlier >= 0 && mixed(this.seed, earlier) >>> 24 === 7 ? earlier : undefined
  }

  /** The encoded message; of a bad one, exactly what must come back as a dead letter. */
  message(i: number, durable: boolean): Uint8Array {
    const data = this.kind(i) === 'bad' ? this.badBody(i) : this.goodBody(i)
    return encodeMessage({ ...(durable && { durable }), messageId: String(i), contentType: 'application/json', body: { data } })
  }

  private goodBody(i: number): string {
    const place = Math.floor(i / devices) % slots
    return `{"device":"${deviceName(i % devices)}","slot":${2 ** place},"at":${firstAt + Math.floor(i / perMs)}}`
  }

  private badBody(i: number): string | Uint8Array {
    const good = this.goodBody(i)
    const kinds = [
      () => good.slice(0, 1 + (i % (good.length - 1))),
      () => good.replace('"slot":', '"slot":"many'),
      () => good.replace('"at"', '"when"'),
      () => Uint8Array.from([0xff, 0xfe, i & 255, (i >>> 8) & 255]),
      () => `[${good}]`,
      () => '',
    ]
    return kinds[mixed(this.seed, i) % kinds.length]!()
  }

  /** Identities of each device in each whole window below message `end`: how many, and the sum of their places' powers. */
  *expected(end: number): Generator<{ readonly device: number; readonly start: number; readonly n: number; readonly identities: number }> {
    for (let first = 0; first < end; first += perWindow)
      for (let device = 0; device < devices; device++) {
        let n = 0
        let identities = 0
        for (let place = 0; place < slots; place++)
          if (this.kind(first + place * devices + device) === 'good') {
            n++
            identities += 2 ** place
          }
        if (n > 0) yield { device, start: firstAt + (first / perWindow) * windowMs, n, identities }
      }
  }
}

/** A message far ahead, which closes every window before it. */
export const closingMessage = (end: number, durable: boolean): Uint8Array =>
  encodeMessage({
    ...(durable && { durable }),
    messageId: `closing-${end}`,
    contentType: 'application/json',
    body: { data: `{"device":"closing","slot":1,"at":${firstAt + Math.floor(end / perMs) + 3_600_000}}` },
  })
