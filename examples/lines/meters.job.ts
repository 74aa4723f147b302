/** Consumption of electricity meters that a gateway says as lines of JSON; what a meter used in a minute goes on as lines. */
import { aggregate, count, eventTime, into, job, json, number, schema, sum, text, timestamp, tumbling, view } from 'millrace'
import { lineSink, lines } from './index.js'

const Reading = schema({ meter: text(), wattHours: number({ unit: 'Wh' }), at: timestamp('epoch-ms') })
const port = (name: string, standard: number): number => Number(process.env[name] ?? standard)

export default job('meters', ({ read }) => {
  const minutes = read('readings', lines({ port: port('METERS_PORT', 7001), decode: json(Reading) })).pipe(
    eventTime(r => r.at, { outOfOrderness: '5s' }),
    aggregate('minutes', { by: r => ({ meter: r.meter }), over: tumbling('1m') }, { used: sum(r => r.wattHours), n: count() }),
  )
  return [minutes.pipe(into(view('minutes'))), minutes.pipe(into(lineSink('billing', { port: port('BILLING_PORT', 7002) })))]
})
