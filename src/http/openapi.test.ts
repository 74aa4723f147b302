import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { virtualTime } from '../runtime/seams/virtual-time.js'
import { createServer, type Server } from './create-server.js'
import { climateOutputs, fixtureHost, quiet, start } from './server-fixture.js'

interface Described {
  readonly parameters: readonly { readonly in: string; readonly name: string; readonly description?: string; readonly required?: boolean }[]
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content: Readonly<Record<string, { readonly schema?: unknown }>> }>
  >
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>
  readonly components: { readonly schemas: Readonly<Record<string, object>> }
}

const host = fixtureHost(virtualTime(start))
let server: Server
let document: Document

beforeAll(async () => {
  host.openClimate('rooms').apply(climateOutputs([{ room: 'a', mean: 1, minute: 0 }]))
  server = await createServer({
    host,
    bind: { host: '127.0.0.1', port: 0, portNamed: false },
    version: '1',
    time: virtualTime(start),
    log: quiet,
  })
  document = (await (await fetch(`${server.url}/openapi.json`)).json()) as Document
})
afterAll(() => server.close())

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, of]) => ({ path, method, of })))

describe('/openapi.json', () => {
  it('describes success, refusals and every parameter of each route', () => {
    expect(operations().length).toBeGreaterThan(20)
    for (const { path, method, of } of operations()) {
      const name = `${method} ${path}`
      expect([name, of.responses['200']?.description]).toEqual([name, expect.stringMatching(/\S/)])
      for (const status of ['400', '403', '413', '500'])
        expect([name, of.responses[status]?.content]).toEqual([
          name,
          { 'application/problem+json; charset=utf-8': { schema: { $ref: '#/components/schemas/Problem' } } },
        ])
      for (const parameter of of.parameters)
        expect([name, parameter]).toEqual([name, expect.objectContaining({ description: expect.stringMatching(/\S/) })])
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(match => match[1])
      expect(of.parameters.filter(parameter => parameter.in === 'path').map(parameter => parameter.name)).toEqual(inPath)
      if (inPath.length > 0) expect([name, of.responses['404']?.description]).toEqual([name, expect.stringContaining('MR510')])
    }
  })

  const refused: readonly (readonly [method: string, route: string, address: string, status: number, code: string])[] = [
    ['get', '/api/v1/views/{view}/rows.csv', '/api/v1/views/climate/rows.csv?frm=now', 400, 'MR506'],
    ['get', '/api/v1/views/{view}/rows.csv', '/api/v1/views/climate/rows.csv?from=noon', 400, 'MR507'],
    ['get', '/api/v1/views/{view}/rows.json', '/api/v1/views/climate/rows.json?after=x', 400, 'MR508'],
    ['get', '/api/v1/views/{view}/rows.ndjson', '/api/v1/views/climate/rows.ndjson?columns=x', 400, 'MR509'],
    ['get', '/api/v1/views/{view}/rows.arrow', '/api/v1/views/clima/rows.arrow', 404, 'MR510'],
    ['get', '/api/v1/live', '/api/v1/live?views=clima', 404, 'MR510'],
    ['get', '/api/v1/live', '/api/v1/live?rows=x', 400, 'MR507'],
    ['get', '/api/v1/jobs/{job}/late', '/api/v1/jobs/room/late', 404, 'MR510'],
    ['get', '/api/v1/jobs/{job}/tap', '/api/v1/jobs/rooms/tap', 400, 'MR507'],
    ['get', '/api/v1/alerts', '/api/v1/alerts?state=bad', 400, 'MR507'],
    ['get', '/api/v1/dead-letters.json', '/api/v1/dead-letters.json?limit=0', 400, 'MR507'],
    ['get', '/api/v1/demo', '/api/v1/demo', 404, 'MR510'],
    ['post', '/api/v1/demo/{action}', '/api/v1/demo/pause', 403, 'MR545'],
  ]
  it.each(refused)('%s %s: %s is answered %d %s, as it says', async (method, route, address, status, code) => {
    const answer = await fetch(server.url + address, { method })
    const problem: unknown = await answer.json()
    const valid = new Ajv2020({ strict: false }).compile(document.components.schemas['Problem']!)
    expect([valid(problem), valid.errors]).toEqual([true, null])
    expect([answer.status, problem]).toEqual([status, expect.objectContaining({ status, code })])
    const said = document.paths[route]![method]!.responses[status]!
    expect(said.description).toContain(code)
    expect(Object.keys(said.content)).toEqual([answer.headers.get('content-type')])
  })

  it('names the content type that a route sends', async () => {
    for (const { path, method, of } of operations()) {
      if (method !== 'get' || /\{(id|name)\}|demo|tap/.test(path)) continue
      const answer = await fetch(server.url + path.replace('{view}', 'climate').replace('{job}', 'rooms'), { method: 'HEAD' })
      expect([path, answer.status, answer.headers.get('content-type')]).toEqual([path, 200, Object.keys(of.responses['200']!.content)[0]])
    }
  })
})
