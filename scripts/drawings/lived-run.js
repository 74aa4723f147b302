import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const dist = new URL('../../dist/src/', import.meta.url)
const { aggregate, count, eventTime, hopping, integer, into, job, mean, number, schema, timestamp, tumbling } = await import(
  new URL('index.js', dist).href
)
const { collectSink, pushEntry, rowsSource } = await import(new URL('testing/index.js', dist).href)
const { moteReadings } = await import(new URL('demo/mote-readings.js', dist).href)
const { moteReplay } = await import(new URL('demo/mote-replay.js', dist).href)

const Reading = schema({ mote: integer(), temperature: number({ unit: '°C' }), at: timestamp('epoch-ms') })

const climate = job('drawn', ({ read }) => {
  const readings = read('readings', rowsSource(Reading)).pipe(eventTime(r => r.at, { outOfOrderness: '10s' }))
  const values = { mean: mean(r => r.temperature), n: count() }
  return [
    readings.pipe(aggregate('minutes', { by: r => ({ mote: r.mote }), over: tumbling('1m') }, values), into(collectSink('minutes'))),
    readings.pipe(
      aggregate('lenient', { by: r => ({ mote: r.mote }), over: tumbling('1m'), allowedLateness: '2m' }, values),
      into(collectSink('lenient')),
    ),
    readings.pipe(
      aggregate('trend', { by: r => ({ mote: r.mote }), over: hopping('5m', { every: '1m' }) }, values),
      into(collectSink('trend')),
    ),
  ]
})

/** The first reading that the drawings show, and how long they go on. */
const fromReading = 2_252
const lasts = 8 * 60_000

/**
 * The readings of one mote, in the order in which the demo sends them, taken in by a job one after the other. Gives each
 * with the watermark after it and the results that it brought about.
 */
export function livedRun() {
  const readings = moteReadings(join(fileURLToPath(dist), '..', '..', 'data', 'motes.csv'))
  const graph = climate.start({ bounded: false })
  const schemas = new Map([['readings', Reading]])
  const judge = graph.plan.nodes.find(node => node.op === 'aggregate').id
  const steps = []
  const startsAt = readings.find(({ reading }) => reading >= fromReading).at
  for (const { due, body, id } of moteReplay(readings, fromReading)) {
    if (due > startsAt + lasts) break
    if (id.endsWith('spoilt')) continue
    const { mote, temperature, at } = JSON.parse(body)
    const row = { mote, temperature, at: Date.parse(at) }
    const before = graph.metrics().get(judge)
    const lateBefore = before?.counters.late ?? 0
    const watermarkBefore = before?.watermark ?? Number.NEGATIVE_INFINITY
    const results = pushEntry(graph, schemas, { wall: due, rows: [row] }, steps.length + 1, [])
    const { watermark, counters } = graph.metrics().get(judge)
    steps.push({ arrived: due, eventTime: row.at, mote, watermarkBefore, watermark, isLate: (counters.late ?? 0) > lateBefore, results })
  }
  return { startsAt, steps }
}
