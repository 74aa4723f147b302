import { readFileSync } from 'node:fs'

/** One reading of the sensor network. */
export interface MoteReading {
  readonly reading: number
  readonly mote: number
  readonly humidity: number
  readonly temperature: number
  /** Ms since the epoch. */
  readonly at: number
}

/** The readings of `data/motes.csv`, in its order: by time, then mote. */
export function moteReadings(path: string): readonly MoteReading[] {
  const [header = '', ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n')
  const names = header.split(',')
  return lines.map(line => {
    const cells = line.split(',')
    const cell = (name: string): string => cells[names.indexOf(name)] ?? ''
    return {
      reading: Number(cell('reading')),
      mote: Number(cell('mote')),
      humidity: Number(cell('humidity')),
      temperature: Number(cell('temperature')),
      at: Date.parse(cell('at')),
    }
  })
}
