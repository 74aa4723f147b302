import { describe, expect, it } from 'vitest'
import { hostGuard, isLoopback } from './host-guard.js'

const passes = (check: (header: string | undefined) => void, header: string | undefined): boolean => {
  try {
    check(header)
    return true
  } catch {
    return false
  }
}

describe('hostGuard', () => {
  it.each(['localhost', 'LOCALHOST:8080', '127.0.0.1:8080', '127.8.8.8', '[::1]:8080', 'a.localhost', 'localhost.'])('serves %s', host => {
    expect(passes(hostGuard('127.0.0.1', false), host)).toBe(true)
  })

  it.each([
    undefined,
    '',
    'evil.example',
    'localhost.evil.example',
    'evil-localhost',
    '127.0.0.1.evil.example',
    '192.0.2.1',
    '[::2]',
    'localhost:8080:1',
    'a b',
    'localhost@evil.example',
    '0.0.0.0',
  ])('refuses %s', host => {
    expect(passes(hostGuard('127.0.0.1', false), host)).toBe(false)
  })

  it('serves literal addresses to remote readers, names never', () => {
    const check = hostGuard('0.0.0.0', true)
    expect(passes(check, '192.0.2.1:8080')).toBe(true)
    expect(passes(check, '[2001:db8::1]:8080')).toBe(true)
    expect(passes(check, 'evil.example')).toBe(false)
    expect(passes(hostGuard('plant.lan', true), 'plant.lan:8080')).toBe(true)
  })
})

describe('isLoopback', () => {
  it.each([
    ['127.0.0.1', true],
    ['::1', true],
    ['localhost', true],
    ['0.0.0.0', false],
    ['::', false],
    ['127.evil.example', false],
  ])('%s: %s', (host, loopback) => expect(isLoopback(host)).toBe(loopback))
})
