import { checkValue } from './check-value.js'

const isKnown = (code: number): boolean => (code >= 0x10 && code <= 0x18) || (code >= 0x40 && code <= 0x44)

const NAMES: ReadonlyMap<string, number> = new Map(
  [
    ['open', 0x10],
    ['begin', 0x11],
    ['attach', 0x12],
    ['flow', 0x13],
    ['transfer', 0x14],
    ['disposition', 0x15],
    ['detach', 0x16],
    ['end', 0x17],
    ['close', 0x18],
    ['sasl-mechanisms', 0x40],
    ['sasl-init', 0x41],
    ['sasl-challenge', 0x42],
    ['sasl-response', 0x43],
    ['sasl-outcome', 0x44],
  ].map(([name, code]) => [`amqp:${name}:list`, code as number]),
)

/**
 * The code of the performative in `frame[body, end)`, or a sentence that tells what is wrong with it. Only the
 * performative is walked, not the payload behind it.
 */
export const performativeFault = (frame: Buffer, body: number, end: number): number | string => {
  if (frame[body] !== 0x00) return 'a frame body that is no performative'
  const behind = checkValue(frame, body, end)
  if (behind < 0) return 'a performative whose sizes, counts or depth are not sound'
  const descriptorEnd = checkValue(frame, body + 1, end)
  const list = frame[descriptorEnd]
  if (list !== 0x45 && list !== 0xc0 && list !== 0xd0) return 'a performative that is no list'
  const code = descriptor(frame, body + 1)
  return isKnown(code) ? code : 'a performative that the standard does not know'
}

const descriptor = (frame: Buffer, at: number): number => {
  switch (frame[at]) {
    case 0x53:
      return frame[at + 1]!
    case 0x80:
      return Number(frame.readBigUInt64BE(at + 1))
    case 0xa3:
      return NAMES.get(frame.toString('latin1', at + 2, at + 2 + frame[at + 1]!)) ?? -1
    default:
      return -1
  }
}
