import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { InspectApi } from './inspect-api.js'

let server: Server | undefined
afterEach(async () => {
  const ended = new Promise(resolve => server?.close(resolve))
  server?.closeAllConnections()
  await ended
})

/** A server that answers thus, and the API of it with this patience. */
async function answering(answer: (response: ServerResponse) => void, patience: number): Promise<InspectApi> {
  server = createServer((_, response) => answer(response))
  await new Promise<void>(resolve => server!.listen(0, '127.0.0.1', resolve))
  return new InspectApi(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, patience)
}

const asks: readonly (readonly [string, (api: InspectApi) => Promise<unknown>])[] = [
  ['get', api => api.get('/jobs')],
  ['list', api => api.list('/jobs')],
  ['bytes', api => api.bytes('/jobs')],
  ['post', api => api.post('/jobs')],
]
const silences: readonly (readonly [string, (response: ServerResponse) => void])[] = [
  ['before its head', () => {}],
  ['behind its head', response => response.writeHead(200).flushHeaders()],
  ['amid its body', response => response.writeHead(200).write('[1,')],
  ['amid a problem', response => response.writeHead(503).write('{"code":')],
]

describe('InspectApi', () => {
  test.each(asks.flatMap(([name, ask]) => silences.map(([when, answer]) => ({ name, when, ask, answer }))))(
    '$name gives an answer up that falls silent $when',
    async ({ ask, answer }) => {
      const api = await answering(answer, 60)
      await expect(ask(api)).rejects.toMatchObject({
        code: 'MR476',
        message: `nothing answers at ${api.url}: no answer within 0.06 s`,
      })
    },
  )

  test('reads an answer whole that comes slowly, part by part, for longer than a silence may last', async () => {
    const parts = ['[', '1', ',2', ',3', ']']
    const api = await answering(response => {
      response.writeHead(200, { 'millrace-more': 'true' })
      for (const [i, part] of parts.entries())
        setTimeout(() => (i === parts.length - 1 ? response.end(part) : response.write(part)), 300 * i)
    }, 1_000)
    expect(await api.list('/jobs')).toEqual({ items: [1, 2, 3], more: true })
  })

  test('says so where an answer breaks off', async () => {
    const api = await answering(response => {
      response.writeHead(200, { 'content-length': '100' }).write('[')
      setTimeout(() => response.destroy(), 20)
    }, 5_000)
    await expect(api.get('/jobs')).rejects.toMatchObject({ code: 'MR476' })
  })
})
