import { expect, test } from 'vitest'
import { CreditPolicy } from './credit-policy.js'

test('a window in the options is never exceeded by what is outstanding and what waits', () => {
  const policy = new CreditPolicy(100, 10_000_000)
  expect(policy.more(0, 0, 0)).toBe(100)
  expect(policy.more(0, 60, 60)).toBe(40)
  expect(policy.more(100, 0, 0)).toBe(0)
  policy.observe(1_000, 100_000)
  expect(policy.more(0, 0, 0)).toBe(100)
})

test('credit follows the free space and the size of messages', () => {
  const policy = new CreditPolicy(1_000, 100_000)
  policy.observe(10, 10_000)
  expect(policy.more(0, 0, 0)).toBe(100)
  expect(policy.more(0, 50, 50_000)).toBe(50)
  expect(policy.more(0, 100, 100_000)).toBe(0)
  policy.observe(1, 500_000)
  expect(policy.more(0, 0, 0)).toBe(1)
})

test('before a message was seen they are taken for large, and one has room whatever they are', () => {
  expect(new CreditPolicy(undefined, 64 * 1024).more(0, 0, 0)).toBe(4)
  expect(new CreditPolicy(undefined, 1_000).more(0, 0, 0)).toBe(1)
  const policy = new CreditPolicy(undefined, 64 * 1024)
  policy.observe(4, 400)
  expect(policy.more(0, 0, 0)).toBe(655)
})

test('without a window it grows while the job keeps up, and stops for good when told', () => {
  const policy = new CreditPolicy(undefined, 1e9)
  expect(policy.more(0, 0, 0)).toBe(1_000)
  for (let i = 0; i < 10; i++) policy.observe(20_000, 20_000)
  expect(policy.more(0, 0, 0)).toBe(16_384)
  policy.stop()
  expect(policy.more(0, 0, 0)).toBe(0)
})
