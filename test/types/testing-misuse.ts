/**
 * What tests of jobs must not do: each line under `@ts-expect-error` is an error, or the type check fails. Nothing here runs.
 */
import { number, schema, text, timestamp } from 'millrace'
import { expectRows, rowsFromFile, type TestRow, testJob } from 'millrace/testing'
import job from '../../jobs/mote-climate.job.js'

const Reading = schema({ room: text(), note: text().nullable(), celsius: number({ unit: '°C' }), at: timestamp('rfc3339') })
const test = testJob(job, { now: '2024-01-01T00:00:00Z', restore: 'every-step', batches: 'random cuts', seed: 1 })
const readings = test.source('readings', Reading)

// What is right.
readings.send([{ room: 'hall', celsius: 20, at: '2024-01-01T00:00:00Z' }])
readings.send(
  [
    { room: 'hall', note: null, celsius: 20, at: new Date(0) },
    { room: 'hall', note: 'n', celsius: 20, at: 0 },
  ],
  { at: 5, partition: 1 },
)
readings.replay(rowsFromFile('readings.csv', Reading), row => row.at)
test.source('readings').send([{ anything: 1 }])
test.source('readings').sendMessages(['{}', new Uint8Array(), { messageId: 'a', body: { value: 1 } }])
test.advance('5s')
const rows: readonly TestRow[] = test.rows('climate')
const typed: readonly { readonly mean: number }[] = test.rows<{ readonly mean: number }>('climate')
expectRows(rows, [{ mean: 1, window_end: '2024-01-01T00:01:00Z' }], { tolerance: 0, order: 'any' })
expectRows(typed, [{ mean: 1 }])

// @ts-expect-error: a misspelt field
readings.send([{ room: 'hall', celcius: 20, at: 0 }])
// @ts-expect-error: a missing field
readings.send([{ room: 'hall', at: 0 }])
// @ts-expect-error: a text for a number
readings.send([{ room: 'hall', celsius: '20', at: 0 }])
// @ts-expect-error: a time for a number
readings.send([{ room: 'hall', celsius: new Date(0), at: 0 }])
// @ts-expect-error: null where the schema admits none
readings.send([{ room: null, celsius: 20, at: 0 }])
// @ts-expect-error: no duration
test.advance('5 seconds')
// @ts-expect-error: an option that does not exist
testJob(job, { restart: true })
// @ts-expect-error: a way to cut that does not exist
testJob(job, { batches: 'halves' })
// @ts-expect-error: no job
testJob({ id: 'x' })
// @ts-expect-error: a message of another kind
test.source('readings').sendMessages([{ data: 'x' }])
// @ts-expect-error: an option that does not exist
expectRows(rows, [], { tolerence: 1 })
