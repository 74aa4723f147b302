import { describe, expect, it } from 'vitest'
import {
  applicationProperty,
  boolean,
  creationTime,
  header,
  integer,
  number,
  oneOf,
  property,
  schema,
  text,
  timestamp,
} from '../model/fields.js'
import { amqp, bodies, chunkOf } from './amqp-fixture.js'
import { json } from './json.js'
import { rowsOf } from './rows-fixture.js'

const Reading = schema({
  room: text().from(applicationProperty('room')),
  celsius: number({ unit: '°C' }).at('d.t'),
  at: timestamp('epoch-ms'),
  state: oneOf('run', 'stop').nullable(),
})
const room = amqp.applicationProperties({ room: amqp.str('küche') })

describe('json', () => {
  it('reads bodies of data, several data sections, string and binary values', () => {
    const body = '{"d":{"t":21.5},"at":1700000000000,"state":"run","x":[1,{"y":null}]}'
    const binary = [0xa0, body.length, ...new TextEncoder().encode(body)]
    const { rows, rejected } = rowsOf(
      json(Reading),
      chunkOf([
        [...room, ...amqp.data(body)],
        [...room, ...amqp.data(body.slice(0, 10)), ...amqp.data(body.slice(10))],
        [...room, ...amqp.value(amqp.str(body))],
        [...room, ...amqp.value(amqp.str32(body))],
        [...room, ...amqp.value(binary)],
      ]),
    )
    expect(rejected).toEqual([])
    expect(rows).toEqual(Array(5).fill({ room: 'küche', celsius: 21.5, at: 1700000000000, state: 'run' }))
  })

  it('reads the other sections as typed fields', () => {
    const S = schema({
      id: text().from(property('message-id')),
      subject: text().from(property('subject')).nullable(),
      created: timestamp().from(creationTime()),
      priority: integer().from(header('priority')),
      durable: boolean().from(header('durable')),
      user: text().from(property('user-id')),
    })
    const message = [
      ...amqp.section(0x70, amqp.list(amqp.true, [0x50, 7])),
      ...amqp.properties({ 'message-id': amqp.str('m1'), 'user-id': amqp.bin([97, 98]), 'creation-time': amqp.timestamp(1700000000123) }),
      ...amqp.data('{}'),
    ]
    const bare = [
      ...amqp.properties({ 'message-id': amqp.str('m2'), 'user-id': amqp.bin([97]), 'creation-time': amqp.timestamp(-1) }),
      ...amqp.data('{}'),
    ]
    expect(rowsOf(json(S), chunkOf([message, bare])).rows).toEqual([
      { id: 'm1', subject: null, created: 1700000000123, priority: 7, durable: true, user: 'ab' },
      { id: 'm2', subject: null, created: -1, priority: 4, durable: false, user: 'a' },
    ])
  })

  it.each([
    ['{"d":{"t":21.5},"at":1', 'MR201', undefined],
    ['', 'MR201', undefined],
    ['\uFEFF{"d":{"t":1},"at":1}', 'MR201', undefined],
    ['{"at":1}', 'MR202', 'd.t'],
    ['{"d":{"t":null},"at":1}', 'MR202', 'd.t'],
    ['{"d":[1],"at":1}', 'MR202', 'd.t'],
    ['[1]', 'MR202', 'd.t'],
    ['{"d":{"t":"21.5"},"at":1}', 'MR203', 'd.t'],
    ['{"d":{"t":1e999},"at":1}', 'MR204', 'd.t'],
    ['{"d":{"t":1},"at":1,"state":"Run"}', 'MR205', 'state'],
    ['{"d":{"t":1},"at":9e15}', 'MR206', 'at'],
    ['{"d":{"t":1},"at":"2026-01-01T00:00:00Z"}', 'MR203', 'at'],
    [`{"d":{"t":1},"at":1,"x":${'['.repeat(64)}${']'.repeat(64)}}`, 'MR210', undefined],
  ])('refuses %s with %s', (body, code, path) => {
    const chunk = chunkOf([
      [...room, ...amqp.data('{"d":{"t":1},"at":1}')],
      [...room, ...amqp.data(body)],
      [...room, ...amqp.data('{"d":{"t":3},"at":1}')],
    ])
    const { rows, rejected, messages } = rowsOf(json(Reading), chunk)
    expect(rejected).toHaveLength(1)
    expect(rejected[0]).toMatchObject({ message: 1, code })
    expect(rejected[0]!.path).toBe(path)
    expect(rows.map(row => row['celsius'])).toEqual([1, 3])
    expect(messages).toEqual([0, 2])
  })

  it('says what is wrong and what is wanted, with the unit', () => {
    const { rejected } = rowsOf(json(schema({ temperature: number({ unit: '°C' }) })), bodies('{"temperature":"hot"}'))
    expect(rejected[0]!.reason).toBe('`temperature` is the text "hot"; the schema wants a number in °C')
  })

  it('is safe against keys of Object.prototype', () => {
    const S = schema({ a: text().at('__proto__.x').nullable(), b: text().at('constructor.name').nullable(), n: number() })
    expect(rowsOf(json(S), bodies('{"n":1}', '{"n":2,"__proto__":{"x":"own"}}')).rows).toEqual([
      { a: null, b: null, n: 1 },
      { a: 'own', b: null, n: 2 },
    ])
  })
})
