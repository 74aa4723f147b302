import { afterAll, beforeAll, describe, test } from 'vitest'
import { sinkConformance } from '../../src/testing/connector-sink.js'
import { sourceConformance } from '../../src/testing/connector-source.js'
import { type Artemis, startArtemis } from '../peers/artemis.js'
import { artemisAvailable, mosquittoAvailable } from '../peers/available.js'
import { type Mosquitto, startMosquitto } from '../peers/mosquitto.js'
import { type MqttScene, mqttResults, mqttSource } from './mqtt-scene.js'

const conforms = (scene: MqttScene, version: 4 | 5, qos: 1 | 2): void => {
  for (const { name, run } of sourceConformance(mqttSource(scene, version, qos))) test(name, run)
  for (const { name, run } of sinkConformance(mqttResults(scene, version, qos))) test(name, run)
}

const mosquitto = mosquittoAvailable()
describe.skipIf(!mosquitto.present)(`MQTT connector with Mosquitto${mosquitto.present ? '' : ` (${mosquitto.reason})`}`, () => {
  let broker: Mosquitto
  let locked: Mosquitto
  beforeAll(async () => {
    broker = await startMosquitto({ lines: ['max_packet_size 262144'] })
    locked = await startMosquitto({ users: { device: 'another' } })
  })
  afterAll(async () => {
    await broker?.stop()
    await locked?.stop()
  })

  for (const version of [5, 4] as const)
    for (const qos of [1, 2] as const)
      conforms({ name: 'mosquitto', broker: () => broker, refusing: () => locked, tooLarge: 300_000 }, version, qos)
})

const artemis = artemisAvailable()
describe.skipIf(!artemis.present)(`MQTT connector with Artemis${artemis.present ? '' : ` (${artemis.reason})`}`, () => {
  let broker: Artemis
  beforeAll(async () => {
    broker = await startArtemis({ mqtt: true })
  }, 180_000)
  afterAll(async () => {
    await broker?.stop()
  })

  const peer = () => ({ url: broker.mqttUrl, port: broker.mqttPort })
  for (const version of [5, 4] as const) conforms({ name: 'Artemis', broker: peer, refusing: peer, unordered: true }, version, 1)
})
