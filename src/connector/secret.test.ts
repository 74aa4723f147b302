import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { env, resolveText, secret } from './secret.js'

test('a value is read from the environment when it is needed, and never shown', () => {
  const password = secret('BROKER_PASSWORD')
  const environment = { BROKER_PASSWORD: 'canary' }
  expect(resolveText(password, environment)).toBe('canary')
  for (const shown of [String(password), JSON.stringify({ password }), inspect({ password }), `${password}`]) {
    expect(shown).toContain('secret(BROKER_PASSWORD)')
    expect(shown).not.toContain('canary')
  }
})

test('a missing variable is MR304 unless it has a fallback', () => {
  expect(() => resolveText(env('BROKER'), {})).toThrow(expect.objectContaining({ code: 'MR304' }))
  expect(resolveText(env('BROKER', 'amqp://127.0.0.1'), {})).toBe('amqp://127.0.0.1')
  expect(resolveText('plain', {})).toBe('plain')
})
