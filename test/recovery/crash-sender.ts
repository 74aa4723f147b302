/**
 * A process of its own: sends the stream of a seed to `readings` at a steady rate, and keeps each message until it is
 * told that it was accepted. Arguments: URL, seed, messages per second, `durable` or not,
 * `queue` or `anycast`. Told `stop`, it fills the window
 * that it is in, closes it, waits until everything is accepted and says `done`.
 */
import type { Delivery, Sender } from '../../src/amqp/rhea.js'
import { PeerLink } from '../interop/peer-link.js'
import { CrashStream, closingMessage, perWindow } from './crash-stream.js'
import type { SenderCommand, SenderReport } from './sender-process.js'

const [url, seed, rate, durability, kind] = process.argv.slice(2)
const durable = durability === 'durable'
const perMs = Number(rate) / 1000
const stream = new CrashStream(Number(seed))
const closing = -1

const inFlight = new Map<Delivery, number>()
/** Identities whose outcome was lost with a connection, or which the peer gave back: they go first. */
let again: number[] = []
/** What is sent twice, as soon as there is room. */
const repeats: number[] = []
let sender: Sender | undefined
let next = 0
let end = Number.POSITIVE_INFINITY
let closed = false
let accepted = 0
let resent = 0
let refused = 0
let held = false
let budget = 0
let last = performance.now()

const report = (state: SenderReport['state']): void =>
  void process.send?.({ state, next, end, accepted, resent, refused, credit: sender?.credit ?? 0 } satisfies SenderReport)

const send = (i: number): void => {
  inFlight.set(sender!.send(i === closing ? closingMessage(end, durable) : stream.message(i, durable), undefined, 0), i)
  budget--
}

function pump(): void {
  while (sender?.sendable() && budget >= 1) {
    const repeat = repeats.pop()
    const earlier = repeat ?? again.pop()
    if (earlier !== undefined) {
      if (repeat === undefined) resent++
      send(earlier)
    } else if (next < end) {
      const repeated = stream.repeatedBehind(next)
      if (stream.kind(next) !== 'absent') send(next)
      next++
      // In its own turn: rhea throws where two are sent into its last free place.
      if (repeated !== undefined && stream.kind(repeated) !== 'absent') repeats.push(repeated)
    } else if (!closed && inFlight.size === 0) {
      closed = true
      send(closing)
    } else return
  }
}

function settled(delivery: Delivery, outcome: 'accepted' | 'again' | 'refused'): void {
  const i = inFlight.get(delivery)
  if (i === undefined) return
  inFlight.delete(delivery)
  if (outcome === 'accepted') accepted++
  else {
    again.push(i)
    again.sort((a, b) => b - a)
    if (outcome === 'refused') refused++
  }
}

const link = new PeerLink(
  url!,
  connection => {
    const opened = connection.open_sender({
      target: { address: 'readings', capabilities: [kind!] },
      snd_settle_mode: 0,
      treat_modified_as_released: false,
    })
    opened.on('sender_open', () => {
      sender = opened
    })
    opened.on('sendable', pump)
    opened.on('accepted', ({ delivery }) => settled(delivery, 'accepted'))
    opened.on('rejected', ({ delivery }) => settled(delivery, 'refused'))
    for (const event of ['released', 'modified']) opened.on(event, ({ delivery }) => settled(delivery, 'again'))
  },
  () => {
    sender = undefined
    // The smallest last, where `pop` takes it: in the order of sending.
    again = [...again, ...inFlight.values()].sort((a, b) => (a === closing ? -1 : b === closing ? 1 : b - a))
    inFlight.clear()
  },
)

process.on('message', (command: SenderCommand) => {
  if (command === 'hold') held = true
  if (command === 'go') held = false
  if (command === 'stop') end = Math.max(1, Math.ceil(next / perWindow)) * perWindow
})
// Whoever started it is gone.
process.on('disconnect', () => process.exit(1))

let ticks = 0
const timer = setInterval(() => {
  const now = performance.now()
  budget = held ? 0 : Math.min(budget + (now - last) * perMs, 100 * perMs)
  last = now
  pump()
  if (ticks++ % 20 === 0) report('sending')
  if (!closed || inFlight.size > 0 || again.length > 0) return
  clearInterval(timer)
  report('done')
  void link.close().then(() => process.exit(0))
}, 5)
