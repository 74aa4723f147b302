import { type DemoScript, pause } from './demo-script.js'
import { bodyText } from './device-link.js'
import { moteReadings } from './mote-readings.js'
import { moteReplay } from './mote-replay.js'

/** The replay begins here in each mote's readings: shortly before the steam. */
const fromReading = 2_200

/** Replays the real readings at a scaled clock, with some late, duplicate and spoilt messages; hears the steam alerts. */
export function moteClimateScript(csv: string): DemoScript {
  const readings = moteReadings(csv)
  const startsAt = readings.find(({ reading }) => reading >= fromReading)!.at
  return {
    job: 'mote-climate',
    speed: 60,
    startsAt,
    label: speed => `replaying real data at ${speed}×`,
    async play({ link, time, say, signal }) {
      link.listen('steam', 'queue', message => {
        const { mote, humidity, window_end } = JSON.parse(bodyText(message)) as { mote: number; humidity: number; window_end: string }
        say(`steam at mote ${mote}: humidity ${humidity} % in the minute to ${window_end.slice(11, 16)}`)
      })
      for (const { due, id, body } of moteReplay(readings, fromReading)) {
        await pause(time, due - time.wall(), signal)
        if (signal.aborted) return
        await link.send('readings', { id, body: { data: body } })
      }
    },
  }
}
