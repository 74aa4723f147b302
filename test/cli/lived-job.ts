import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { until } from '../support/until.js'
import type { Finished } from './command.js'
import { running } from './running.js'
import { jsonMessage, sendAll } from './sender.js'

/** Where the readings begin, on a whole minute. */
export const dataStart = Date.UTC(2024, 0, 1)

export const reading = (id: string, seconds: number, celsius = 20, room = 'hall') =>
  jsonMessage({ room, celsius, at: new Date(dataStart + seconds * 1_000).toISOString() }, id)

/** Writes a job: the peak of each room and `size`, shown, and sent where it is above a limit. */
export function writeJob(folder: string, { size = '1m', limit = 28, where = '' } = {}): string {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'rooms.job.ts')
  writeFileSync(
    path,
    `import { aggregate, count, eventTime, into, job, max, number, schema, text, timestamp, tumbling, view, where } from 'millrace'
import { amqp, amqpSink, json, messageId } from 'millrace/amqp'
const Reading = schema({ room: text(), celsius: number(), at: timestamp('rfc3339') })
export default job('rooms', ({ read }) => {
  const climate = read('readings', amqp({ address: 'telemetry', id: messageId(), decode: json(Reading) })).pipe(
    eventTime(r => r.at, { outOfOrderness: '1s' }),${where}
    aggregate('climate', { by: r => ({ room: r.room }), over: tumbling('${size}') }, { peak: max(r => r.celsius), n: count() }),
  )
  return [climate.pipe(into(view('climate'))), climate.pipe(where(w => w.peak.gt(${limit})), into(amqpSink('alerts', { address: 'alerts' })))]
})
`,
  )
  return path
}

/** A life of the job on a data folder: these messages, until so many were received, then a graceful stop. */
export async function lived(
  job: string,
  data: string,
  messages: Parameters<typeof sendAll>[2],
  received: number,
  args: readonly string[] = [],
): Promise<Finished> {
  const process = await running([job, '--results', 'ndjson', '--data', data, ...args])
  await sendAll(process.amqp, 'telemetry', messages)
  await until('all received', async () => ((await process.jobs())[0]!.counts.received >= received ? true : undefined))
  return process.stop()
}

/** Readings of two rooms over three windows, one of them twice; one message is no reading. */
export const someReadings = () => [
  reading('1', 1),
  reading('2', 2, 31),
  reading('2', 2, 31),
  reading('3', 3, 19, 'loft'),
  jsonMessage('no reading', 'x'),
  reading('4', 65, 22),
  reading('5', 70, 33, 'loft'),
  reading('6', 190, 10),
]
