import { type DemoScript, pause } from './demo-script.js'
import { bodyText, type DeviceMessage } from './device-link.js'
import { ThermostatDevice } from './thermostat-device.js'

const reportEvery = 1_000

const messageOf = (id: string, data: string): DeviceMessage => ({ address: 'temperature', capability: 'topic', id, body: { data } })

/** Rooms that report every second and whose valves obey the job's commands. */
export const thermostatScript = (): DemoScript => ({
  job: 'thermostat',
  speed: 1,
  startsAt: undefined,
  label: speed => `simulated rooms at ${speed}×`,
  kept: false,
  async play({ link, time, random, say, signal }) {
    const devices = [
      new ThermostatDevice('kitchen', 18, true, random),
      new ThermostatDevice('office', 24, true, random),
      new ThermostatDevice('bath', 22, false, random),
      new ThermostatDevice('hall', 16, false, random),
    ]
    for (const device of devices) {
      link.listen(`control/${device.id}`, 'topic', message => {
        const command = JSON.parse(bodyText(message)) as { operation?: string; max?: number }
        const before = device.valveOpen
        if (device.obey(command) && device.valveOpen !== before)
          say(`${device.id}: ${command.max} °C, valve ${device.valveOpen ? 'opens' : 'closes'}`)
      })
    }
    for (let count = 0; !signal.aborted; count++) {
      for (const device of devices) {
        const report = device.report(reportEvery / 1_000)
        await link.send(messageOf(`${device.id}-${count}`, JSON.stringify(report)))
      }
      await pause(time, reportEvery, signal)
    }
  },
  bad: turn => ({
    message: messageOf(`bad-${turn}`, '{"device-id":"hall","temperature":"warm"}'),
    fault: 'whose temperature is the text "warm"',
  }),
})
