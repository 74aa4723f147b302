import { describe, expect, test } from 'vitest'
import { json } from '../../src/codecs/json.js'
import { number, schema } from '../../src/model/fields.js'
import { env, mqtt, mqttSink, secret } from './index.js'

const decode = json(schema({ celsius: number() }))
const given = { topic: 'sensors/+room', decode } as const

/** What callers without types can write. */
const source = (options: object) => () => mqtt({ ...given, ...options } as Parameters<typeof mqtt>[0])
const sink = (options: object) => () => mqttSink('out', { topic: 'alerts', ...options } as Parameters<typeof mqttSink>[1])

describe('options', () => {
  test.each<[object, string]>([
    [{ topc: 'a' }, 'there is no option `topc`, did you mean `topic`?'],
    [{ topic: undefined }, 'either `topic` or `topics` is given'],
    [{ topics: ['a'] }, 'either `topic` or `topics` is given'],
    [{ topic: undefined, topics: [] }, '`topics` wants a list of topic filters'],
    [{ topic: undefined, topics: ['ok', 'a/#/b'] }, "holds 'a/#/b', which has '#' before its end"],
    [{ topic: 'a+' }, "`topic` has 'a+' as a level"],
    [{ decode: undefined }, '`decode` is missing'],
    [{ qos: 3 }, '`qos` wants 0 or 1 or 2'],
    [{ version: 3 }, '`version` wants 5 or 4'],
    [{ url: 'amqp://broker' }, 'begins with neither mqtt:// nor mqtts://'],
    [{ url: [] }, '`url` wants at least one URL'],
    [{ url: [7] }, '`url` wants a URL'],
    [{ keepAlive: 'soon' }, '`keepAlive`'],
    [{ keepAlive: 30 }, "`keepAlive` wants a duration such as '30s'"],
    [{ share: 'a/b', clean: true }, '`share` wants the name of a group'],
    [{ share: 'group' }, '`share` wants a `clientId` of its own'],
    [{ sessionExpiry: '1h', version: 4 }, '`sessionExpiry` belongs to MQTT 5'],
    [{ sessionExpiry: '1h', clean: true }, 'no session is kept'],
    [{ retained: 'always', version: 4 }, "`retained: 'always'` belongs to MQTT 5"],
    [{ receiveMaximum: 70_000 }, '`receiveMaximum` wants a whole number from 1 to 65,535'],
    [{ password: 'x', version: 4 }, '`password` is given without `username`'],
    [{ id: 'id' }, "`id` wants userPropertyId('key') or bodyId('path')"],
    [{ tls: { ca: 3 } }, '`tls` has faults'],
  ])('a source with %o is refused', (options, why) => {
    expect(source(options)).toThrow(expect.objectContaining({ code: 'MR302', message: expect.stringContaining(why) }))
  })

  test('all faults are told at once', () => {
    const notes = ['`qos`', '`version`', '`clean`'].map(name => expect.stringContaining(name))
    expect(source({ qos: 9, version: 9, clean: 'yes' })).toThrow(expect.objectContaining({ notes: expect.arrayContaining(notes) }))
  })

  test.each<[object, string]>([
    [{ topic: undefined }, '`topic` is missing'],
    [{ topic: 'a/+' }, '`topic` contains a wildcard'],
    [{ topic: '' }, '`topic` is empty'],
    [{ topic: '$share/g/a' }, '`topic` begins with $share/'],
    [{ topic: 'ü'.repeat(40_000) }, '`topic` is longer than 65535 bytes'],
    [{ retain: 'yes' }, '`retain` wants true or false'],
    [{ clean: true }, 'there is no option `clean`'],
  ])('a sink with %o is refused', (options, why) => {
    expect(sink(options)).toThrow(expect.objectContaining({ code: 'MR302', message: expect.stringContaining(why) }))
  })

  test('plans show where from, and no secret', () => {
    const options = {
      url: ['mqtt://me:canary@one', env('URL')],
      username: 'me',
      password: secret('PW'),
      clientId: env('ME'),
      qos: 2,
      share: 'g',
    }
    const text = JSON.stringify(source(options)().params) + JSON.stringify(sink({ url: 'mqtts://me:canary@one' })().params)
    expect(text).not.toContain('canary')
    expect(JSON.parse(text.slice(0, text.indexOf('}{') + 1))).toMatchObject({
      topic: 'sensors/+room',
      url: ['mqtt://one:1883', expect.stringContaining('URL')],
      qos: 2,
      share: 'g',
    })
  })
})
