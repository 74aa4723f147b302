import { expect, test } from 'vitest'
import { env, resolveText } from '../connector/secret.js'
import type { SinkSpec } from '../connector/sink.js'
import { tlsSettings } from '../connector/tls-settings.js'
import type { Graph } from '../job/graph.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import { checkSettings } from './check-settings.js'
import type { JobRunnerOptions } from './job-runner-options.js'

/** What is wrong with sinks of these ids, each of which asks so. */
function wrong(asks: Readonly<Record<string, () => void>>): readonly MillraceError[] {
  const sinks = Object.entries(asks).map(([id, checkSettings]) => ({ id, spec: { id, checkSettings } as unknown as SinkSpec<never> }))
  try {
    checkSettings({ sources: [], sinks } as unknown as Graph, { job: { id: 'plant' }, env: {} } as unknown as JobRunnerOptions)
    return []
  } catch (error) {
    return error instanceof MillraceError ? error.each() : expect.unreachable()
  }
}

test('what is wrong with a source or sink names it, however many there are', () => {
  const address = () => void resolveText(env('TARGET'), {})
  const errors = wrong({
    alerts: address,
    'out.1': address,
    posts: () => void tlsSettings({ ca: 'ours.pem' }, {}),
    fine: () => {},
    own: () => {
      throw new MillraceError('MR320', "'own' of job 'plant' has no MQTT broker", { notes: ['asked for twice'] })
    },
  })
  expect(errors.map(({ code, message }) => [code, message])).toEqual([
    ['MR304', "'alerts' of job 'plant': env(TARGET) is needed, and the variable TARGET is not set"],
    ['MR304', "'out.1' of job 'plant': env(TARGET) is needed, and the variable TARGET is not set"],
    ['MR315', "'posts' of job 'plant': of the TLS options, `ca` holds no certificate in PEM"],
    ['MR320', "'own' of job 'plant' has no MQTT broker"],
  ])
  expect(errors[3]!.notes).toEqual(['asked for twice'])
})

test('errors that a connector found together are each named', () => {
  const both = () => {
    throw MillraceError.together([new MillraceError('MR302', 'no such option'), new MillraceError('MR304', 'no such variable')])
  }
  expect(wrong({ posts: both }).map(({ message }) => message)).toEqual([
    "'posts' of job 'plant': no such option",
    "'posts' of job 'plant': no such variable",
  ])
})

test('nothing is thrown where nothing is wrong', () => {
  expect(wrong({ fine: () => {} })).toEqual([])
})
