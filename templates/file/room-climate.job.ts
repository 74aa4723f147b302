/** Climate by room: for each minute the mean, the lowest and the highest temperature. */
import { aggregate, count, eventTime, into, job, max, mean, min, number, schema, text, timestamp, tumbling, view, where } from 'millrace'
import { csv, file } from 'millrace/file'

const Reading = schema({ room: text(), celsius: number({ unit: '°C' }), at: timestamp('rfc3339') })

export default job('room-climate', ({ read }) => {
  const climate = read('readings', file({ path: 'data/readings.csv', decode: csv(Reading), follow: true })).pipe(
    eventTime(r => r.at, { outOfOrderness: '10s' }),
    where(r => r.celsius.between(-40, 85)),
    aggregate(
      'climate',
      { by: r => ({ room: r.room }), over: tumbling('1m'), early: '5s' },
      { mean: mean(r => r.celsius), low: min(r => r.celsius), peak: max(r => r.celsius), n: count() },
    ),
  )
  return [climate.pipe(into(view('climate')))]
})
