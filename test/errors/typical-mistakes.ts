/** A mistake that people make in their first job, with the files of their folder. */
export interface Mistake {
  readonly name: string
  readonly files: Readonly<Record<string, string>>
  readonly args?: readonly string[]
}

const imports = `import { aggregate, count, eventTime, into, job, max, mean, number, schema, text, timestamp, tumbling, view, where } from 'millrace'
import { amqp, json } from 'millrace/amqp'
`
interface Parts {
  readonly fields?: string
  readonly source?: string
  readonly before?: string
  readonly clean?: string
  readonly results?: string
  readonly outputs?: string
}

const plant = ({
  fields = `room: text(), celsius: number({ unit: '°C' }), at: timestamp('rfc3339')`,
  source = `address: 'plant', decode: json(Reading)`,
  before = '',
  clean = `where(r => r.celsius.gt(-40))`,
  results = `mean: mean(r => r.celsius), n: count()`,
  outputs = `[climate.pipe(into(view('climate')))]`,
}: Parts = {}): string => `${imports}
const Reading = schema({ ${fields} })
${before}
export default job('plant', ({ read }) => {
  const readings = read('readings', amqp({ ${source} })).pipe(
    eventTime(r => r.at, { outOfOrderness: '10s' }),
    ${clean},
  )
  const climate = readings.pipe(
    aggregate('climate', { by: r => ({ room: r.room }), over: tumbling('1m') }, { ${results} }),
  )
  return ${outputs}
})
`
const mistake = (name: string, parts: Parts, more: Partial<Mistake> = {}): Mistake => ({
  name,
  ...more,
  files: { 'plant.job.ts': plant(parts), ...more.files },
})

export const typicalMistakes: readonly Mistake[] = [
  mistake('misspelt-field', { clean: `where(r => r.celcius.gt(-40))` }),
  mistake('javascript-operator', { clean: `where(r => r.celsius.gt(-40) && r.room.ne('test'))` }),
  mistake(
    'text-as-time',
    { fields: `room: text(), celsius: number({ unit: '°C' }), at: text()` },
    { files: { 'plant.csv': 'room,celsius,at\nhall,21.5,2013-12-02 21:15:00\n' }, args: ['--read', 'readings=plant.csv'] },
  ),
  mistake(
    'data-that-does-not-fit',
    {},
    {
      files: {
        'plant.csv':
          'room,celsius,at\nhall,21.5,2024-01-01T00:00:00Z\nhall,warm,2024-01-01T00:00:01Z\nhall,hot,2024-01-01T00:00:02Z\nattic,21.5,2013-12-02 21:15:00\n',
      },
      args: ['--read', 'readings=plant.csv'],
    },
  ),
  mistake('column-that-is-missing', {}, { files: { 'plant.csv': 'room,celcius,at\n' }, args: ['--read', 'readings=plant.csv'] }),
  { name: 'misspelt-import', files: { 'plant.job.ts': plant().replaceAll('tumbling', 'tumblign') } },
  mistake('schema', { fields: `room: text().at('device..room'), final: number(), celsius: number({ unit: '°C' }), at: timestamp('iso')` }),
  mistake('unknown-option', { source: `adress: 'plant', decode: json(Reading)` }),
  mistake('mean-of-a-text', { results: `mean: mean(r => r.room), n: count()` }),
  mistake('same-id-twice', { outputs: `[climate.pipe(into(view('climate'))), readings.pipe(into(view('climate')))]` }),
  mistake('not-returned', { before: '', outputs: `(climate.pipe(into(view('climate'))), [readings.pipe(into(view('latest')))])` }),
  mistake('clock-in-job', { before: `const started = Date.now()`, clean: `where(r => r.celsius.gt(started))` }),
  { name: 'syntax', files: { 'plant.job.ts': plant().replace('tumbling(', 'tumbling((') } },
  mistake(
    'dashboard-without-column',
    {},
    {
      files: {
        'dashboards/plant.json': `{
  "title": "Plant",
  "panels": [{ "line": "climate.maen", "by": "room", "unit": "°C" }, { "multiples": "climat.n" }, { "graph": "plant" }]
}
`,
      },
    },
  ),
  mistake('broker-away', { source: `address: 'plant', url: 'amqp://127.0.0.1:1', decode: json(Reading)` }),
  mistake('several-at-once', {
    before: `const limit: number = 'hot'`,
    clean: `where(r => r.celcius.gt(-40)),\n    where(r => r.celsius > 3),\n    where(r => r.room.gt('a'))`,
    results: `mean: mean(r => r.celsius), n: count(), final: max(r => r.celsius)`,
    outputs: `[climate.pipe(into(view('climate'))), readings.pipe(where(r => r.room.eq('hall')), into(view('hall', { kep: '1d' } as never)))]`,
  }),
  mistake('all-is-well', {}),
]
