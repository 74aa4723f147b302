import { expect, it } from 'vitest'
import { checkOptions, wants, wantsObject } from './check-options.js'

const fault = (options: object): { readonly message: string; readonly notes: readonly string[] } => {
  try {
    checkOptions('mqtt', options, { topic: wants.plain, tls: wantsObject({ ca: wants.text }, ['ca']) }, ['topic'])
  } catch (error) {
    return error as ReturnType<typeof fault>
  }
  throw new Error('nothing is wrong with it')
}

it('names every fault at once', () => {
  expect(fault({ topik: 'a', tls: {} }).notes).toEqual([
    '`topic` is missing',
    'there is no option `topik`, did you mean `topic`?',
    '`tls` has faults: `ca` is missing',
  ])
})

it('takes no name that every object has for an option', () => {
  expect(fault({ topic: 'a', constructor: 'b' }).message).toBe('mqtt: there is no option `constructor`')
  expect(fault({ topic: 'a', hasOwnProperty: 'b' }).message).toBe('mqtt: there is no option `hasOwnProperty`')
})
