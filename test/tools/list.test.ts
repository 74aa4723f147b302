import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, expect, it } from 'vitest'
import * as door from '../../src/index.js'
import { finished, root } from '../cli/command.js'

interface Thing {
  readonly name: string
  readonly from: string
  readonly summary: string
  readonly example: string
}

const subjects = ['operators', 'aggregates', 'windows', 'sources', 'sinks', 'codecs', 'ids', 'fields', 'expressions']
/** What is no part of a graph; `openFile` is for connectors of one's own. */
const others = ['MillraceError', 'env', 'job', 'openFile', 'secret']
const lists = new Map<string, readonly Thing[]>()

beforeAll(async () => {
  for (const subject of subjects) {
    const { code, stdout, stderr } = await finished(['list', subject, '--json'])
    expect(code, stderr).toBe(0)
    lists.set(subject, JSON.parse(stdout) as readonly Thing[])
  }
})

const named = (subject: string): readonly string[] => lists.get(subject)!.map(({ name }) => name)

/** Connectors that jobs can import: the package has a door for each. */
const connectors = Object.keys((JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly exports: object }).exports)
  .map(path => path.slice(2))
  .filter(name => readdirSync(join(root, 'connectors')).includes(name))

it('lists every value that jobs can import, each with words and an example', () => {
  const things = [...lists.values()].flat()
  for (const thing of things)
    expect(thing, thing.name).toMatchObject({ summary: expect.stringMatching(/\w/), example: expect.stringMatching(/\w/) })
  const own = things.filter(({ from }) => from === 'millrace').map(({ name }) => name)
  expect(
    Object.keys(door)
      .filter(name => !others.includes(name))
      .sort(),
  ).toEqual(own.sort())
})

it('shows uses, not signatures', () => {
  const things = [...lists.values()].flat().filter(({ from }) => ['millrace', 'millrace/amqp'].includes(from))
  for (const { name, example } of things) expect(example, name).not.toMatch(new RegExp(`^${name}(\\(.*\\))?: |^${name}: \\(`))
})

it.each(connectors)('lists every value of millrace/%s', async connector => {
  const built = join(root, 'dist', 'connectors', connector, 'index.js')
  const exported = Object.keys((await import(/* @vite-ignore */ pathToFileURL(built).href)) as object)
  const all = [...lists.values()].flat().map(({ name }) => name)
  expect(exported.filter(name => !all.includes(name) && !others.includes(name))).toEqual([])
})

it('lists what can be read from, and what can be written to', () => {
  expect(named('sources')).toEqual(expect.arrayContaining(['amqp', 'file', 'mqtt']))
  expect(named('sinks')).toEqual(expect.arrayContaining(['view', 'amqpSink', 'consoleSink', 'fileSink', 'httpSink', 'mqttSink']))
})

it('names subjects that there are', async () => {
  const { code, stderr } = await finished(['list', 'sourcs'])
  expect(code).toBe(1)
  expect(stderr).toMatch(/MR633[\s\S]*did you mean sources/)
})
