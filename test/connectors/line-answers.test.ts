import { expect, test } from 'vitest'
import { LineServer } from '../../examples/lines/line-server-fixture.js'
import { lineSink } from '../../examples/lines/sink.js'
import { suiteBatch, suiteRows } from '../../src/testing/connector-rows.js'
import { failure } from '../../src/testing/connector-writing.js'
import { connectorContext } from '../support/connector-context.js'

test('an answer that is too long belongs to its row, not to the next', async () => {
  const server = await LineServer.start(256 * 1024, 'x'.repeat(5_000))
  const writer = await lineSink('out', { port: server.port }).open(connectorContext({ id: 'out' }))
  const rows = suiteRows(3)
  const large = rows.map((row, i) => (i === 1 ? { ...row, note: 'y'.repeat(300_000) } : row))
  const error = await failure(writer.write(suiteBatch(large), { entry: 1, ordinal: 0 }))
  expect(error).toMatchObject({ code: 'MR311', ids: ['c1'] })
  await writer.close()
  await server.close()
})
