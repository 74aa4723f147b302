import type { LiveRow, ViewInfo } from '../../src/model/api.js'

/** Readings like those of the mote data set (every 5 s, four motes, steam at 1 and 4), made from a formula so that every run is the same. */
export const startOfData = Date.UTC(2010, 4, 10, 14, 0, 0)
export const minute = 60_000
const readingEvery = 5000

const wobble = (mote: number, i: number): number => {
  const seed = Math.imul(mote * 7919 + i, 2654435761) >>> 0
  return (((seed ^ (seed >>> 13)) % 1000) / 1000 - 0.5) * 0.12
}

const level = [0, 27.8, 27.6, 27.0, 27.7]

const steamAt = (mote: number, minutes: number): number => {
  const from = mote === 1 ? 26.5 : mote === 4 ? 28.2 : Number.POSITIVE_INFINITY
  const height = mote === 1 ? 28 : 9
  const since = (minutes - from) % 34
  if (minutes < from || since > 6) return 0
  return since < 1.2 ? (since / 1.2) * height : Math.max(-1.5, height * Math.exp(-(since - 1.2) * 1.6) - (since - 1.2) * 0.35)
}

const temperature = (mote: number, time: number): number => {
  const minutes = (time - startOfData) / minute
  return level[mote]! + Math.sin(minutes / 9 + mote) * 0.22 + wobble(mote, time / readingEvery) + steamAt(mote, minutes)
}

const humidity = (mote: number, time: number): number => 44 + mote + Math.max(0, steamAt(mote, (time - startOfData) / minute)) * 1.9

export const motes = [1, 2, 3, 4] as const

const windowColumns = [
  { name: 'window_start', type: 'timestamp', nullable: false, key: true },
  { name: 'window_end', type: 'timestamp', nullable: false, key: true },
  { name: 'final', type: 'boolean', nullable: false, key: false },
  { name: 'revision', type: 'integer', nullable: false, key: false },
] as const
const celsius = (name: string) => ({ name, type: 'number', nullable: true, unit: '°C', key: false }) as const
const moteKey = { name: 'mote', type: 'integer', nullable: false, key: true } as const
const base = { job: 'mote-climate', windowed: true, keep: 7 * 86_400_000, rows: 0, bytes: 0, watermark: null } as const

const statistics = [moteKey, celsius('mean'), celsius('min'), celsius('max'), celsius('stddev')] as const
const n = { name: 'n', type: 'integer', nullable: false, key: false } as const

export const climateViews: readonly ViewInfo[] = [
  { ...base, id: 'climate', columns: [...statistics, n, ...windowColumns], window: { size: minute, every: minute } },
  { ...base, id: 'trend', columns: [...statistics, n, ...windowColumns], window: { size: 5 * minute, every: minute } },
  {
    ...base,
    id: 'steam',
    sink: true,
    columns: [moteKey, { name: 'humidity', type: 'number', nullable: true, unit: '%', key: false }, ...windowColumns],
    window: { size: minute, every: minute },
  },
]

/** The row of one mote's window, of the readings before `upTo`; undefined while there is none. */
export const climateRow = (mote: number, from: number, to: number, upTo: number): LiveRow | undefined => {
  const values: number[] = []
  for (let at = from; at < Math.min(to, upTo); at += readingEvery) values.push(temperature(mote, at))
  if (values.length === 0) return undefined
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.length > 1 ? values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1) : null
  return [
    mote,
    mean,
    Math.min(...values),
    Math.max(...values),
    variance === null ? null : Math.sqrt(variance),
    values.length,
    from,
    to,
    upTo >= to,
    0,
  ]
}

/** The row of the alert view: only where the highest humidity is above 60 %. */
export const steamRow = (mote: number, from: number, to: number, upTo: number): LiveRow | undefined => {
  let highest = Number.NEGATIVE_INFINITY
  for (let at = from; at < Math.min(to, upTo); at += readingEvery) highest = Math.max(highest, humidity(mote, at))
  return highest > 60 ? [mote, highest, from, to, upTo >= to, 0] : undefined
}
