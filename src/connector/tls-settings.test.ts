import { generateKeyPairSync } from 'node:crypto'
import { rootCertificates } from 'node:tls'
import { describe, expect, test } from 'vitest'
import { env, secret } from './secret.js'
import { type TlsOptions, tlsSettings } from './tls-settings.js'

const [first, second] = rootCertificates as [string, string]
const pem = { type: 'pkcs8', format: 'pem' } as const
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const key = String(privateKey.export(pem))
const locked = String(privateKey.export({ ...pem, cipher: 'aes-256-cbc', passphrase: 'long forgotten' }))

describe('tlsSettings', () => {
  test('reads texts and variables; nobody is trusted without being known', () => {
    expect(tlsSettings(undefined, {})).toEqual({ rejectUnauthorized: true })
    expect(tlsSettings({ ca: env('CA'), rejectUnauthorized: false }, { CA: first })).toEqual({ ca: first, rejectUnauthorized: false })
    const two = `# of our own\n${first}\n${second}\n`
    expect(tlsSettings({ ca: two }, {}).ca).toBe(two)
  })

  test.each<[string, TlsOptions, RegExp]>([
    ['a path instead of an authority', { ca: '/etc/ssl/ours.pem' }, /`ca` holds no certificate/],
    ['an authority of nothing', { ca: '' }, /`ca` holds no certificate/],
    ['a damaged authority', { ca: first.replace(/\n[A-Za-z0-9+/]{10}/, '\nAAAAAAAAAA') }, /`ca` cannot be read/],
    [
      'a damaged authority behind a sound one',
      { ca: first + second.slice(0, -200) },
      /`ca` cannot be read: one of its certificates is cut short/,
    ],
    ['a path instead of a certificate', { cert: './client.pem', key }, /`cert` cannot be read/],
    ['a path instead of a key', { cert: first, key: './client.key' }, /`key` cannot be read/],
    ['a key under a passphrase', { cert: first, key: locked }, /`key` cannot be read/],
    ['a key of another certificate', { cert: first, key }, /`cert` and `key` are no pair/],
    ['a certificate without key', { cert: first }, /`cert` and `key` are given together/],
    ['a key without certificate', { key }, /`cert` and `key` are given together/],
  ])('refuses %s before anything is opened', (_, options, says) => {
    expect(() => tlsSettings(options, {})).toThrow(expect.objectContaining({ code: 'MR315', message: expect.stringMatching(says) }))
  })

  test('tells nothing of a secret', () => {
    const word = 'hunter2-hunter2'
    const refuse = () => tlsSettings({ cert: first, key: secret('KEY') }, { KEY: word })
    expect(refuse).toThrow(expect.objectContaining({ code: 'MR315', message: expect.not.stringContaining(word) }))
  })
})
