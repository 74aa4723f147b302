import { expect, it } from 'vitest'
import * as door from '../../src/index.js'
import { finished } from '../cli/command.js'

const subjects = ['operators', 'aggregates', 'windows', 'sources', 'sinks', 'codecs', 'ids', 'fields', 'expressions']
/** What is no part of a graph. */
const others = ['MillraceError', 'env', 'job', 'secret']

it('lists every value that jobs can import, each with words and an example', async () => {
  const answers = await Promise.all(subjects.map(subject => finished(['list', subject, '--json'])))
  const things = answers.flatMap(({ stdout }) => JSON.parse(stdout) as { name: string; from: string; summary: string; example: string }[])
  for (const thing of things)
    expect(thing, thing.name).toMatchObject({ summary: expect.stringMatching(/\w/), example: expect.stringMatching(/\w/) })
  const own = things.filter(({ from }) => from === 'millrace').map(({ name }) => name)
  expect([...own, ...others].sort()).toEqual(Object.keys(door).sort())
  expect(things.filter(({ from }) => from === 'millrace/amqp').map(({ name }) => name)).toContain('amqp')
})
