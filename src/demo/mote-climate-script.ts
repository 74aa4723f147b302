import { type DemoScript, pause } from './demo-script.js'
import { bodyText, type DeviceMessage } from './device-link.js'
import { moteReadings } from './mote-readings.js'
import { bodyOf, moteReplay, spoilt } from './mote-replay.js'
import { MoteTally } from './mote-tally.js'

/** The replay begins here in each mote's readings: shortly before the steam. */
const fromReading = 2_200
/** Beyond every window of the job, the five-minute ones too, and the out-of-orderness: no result can change. */
const burstLateBy = 7 * 60_000
const burstSize = 24

/** Replays the real readings at a scaled clock, with some late, duplicate and spoilt messages; hears the steam alerts. */
export function moteClimateScript(csv: string): DemoScript {
  const readings = moteReadings(csv)
  const startsAt = readings.find(({ reading }) => reading >= fromReading)!.at
  const tally = new MoteTally()
  let lateSent = 0
  const messageOf = (id: string, body: string): DeviceMessage => ({ address: 'readings', capability: 'queue', id, body: { data: body } })
  return {
    job: 'mote-climate',
    speed: 60,
    startsAt,
    label: speed => `replaying real data at ${speed}×`,
    kept: true,
    lateBy: burstLateBy,
    get lateSent() {
      return lateSent
    },
    async play({ link, time, say, signal }) {
      link.listen('steam', 'queue', message => {
        const { mote, humidity, window_end } = JSON.parse(bodyText(message)) as { mote: number; humidity: number; window_end: string }
        say(`steam at mote ${mote}: humidity ${humidity} % in the minute to ${window_end.slice(11, 16)}`)
      })
      for (const due of moteReplay(readings, fromReading)) {
        await pause(time, due.due - time.wall(), signal)
        if (signal.aborted) return
        tally.add(due)
        if (due.fate === 'late') lateSent++
        await link.send(messageOf(due.id, due.body))
      }
    },
    bad(turn) {
      const reading = readings[turn % readings.length]!
      const { body, fault } = spoilt(reading, reading.at, turn)
      return { message: messageOf(`bad-${turn}`, body), fault }
    },
    late(now, turn) {
      const last = Math.floor((now - burstLateBy) / 5_000) * 5_000
      return Array.from({ length: burstSize }, (_, i) => {
        const reading = readings[(turn * burstSize + i) % readings.length]!
        return messageOf(`late-${turn}-${i}`, bodyOf(reading, last - 5_000 * Math.floor((burstSize - 1 - i) / 4)))
      })
    },
    check: (rows, since) => tally.check(rows, since),
  }
}
