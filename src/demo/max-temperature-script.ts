import { type DemoScript, pause } from './demo-script.js'
import { bodyText } from './device-link.js'
import { sparkReadings } from './spark-devices.js'

const address = { address: 'temperature', capability: 'queue' } as const

/** Devices of all three Spark demos, a reading a second each; hears the maxima. */
export const maxTemperatureScript = (): DemoScript => ({
  job: 'max-temperature',
  speed: 1,
  startsAt: undefined,
  label: speed => `simulated devices at ${speed}×`,
  kept: true,
  async play({ link, time, random, say, signal }) {
    link.listen('max', 'queue', message => {
      const row = JSON.parse(bodyText(message)) as { 'device-id': string | null; temperature: number }
      say(`${row['device-id'] ?? 'devices without a name'}: at most ${row.temperature} °C`)
    })
    for (let count = 0; !signal.aborted; count++) {
      for (const [i, body] of sparkReadings(random).entries()) await link.send({ ...address, id: `${i}-${count}`, body })
      await pause(time, 1_000, signal)
    }
  },
  bad: turn => ({ message: { ...address, id: `bad-${turn}`, body: { data: 'warm' } }, fault: 'whose body is the text "warm"' }),
})
