import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isProjectName, nameOfFolder, projectName } from './init-name.js'

describe('names of projects', () => {
  it.each([
    ['/srv/My Sensors', 'my-sensors'],
    ['/tmp/Wärme 2', 'warme-2'],
    ['C:/users/ada/plant_7', 'plant-7'],
    ['/tmp/温度', 'plant'],
    ['/tmp/CON', 'plant'],
    ['/', 'plant'],
  ])('%s gives %s', (folder, name) => expect(nameOfFolder(folder)).toBe(name))

  it('any folder gives a name that is one', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), folder => isProjectName(nameOfFolder(folder))))
  })

  it.each(['', 'a b', '-a', 'A', 'a/b', '../a', 'nul', 'node_modules', 'x'.repeat(65)])('refuses %j', name => {
    expect(() => projectName(name, '/tmp/x')).toThrow(expect.objectContaining({ code: 'MR632' }))
  })

  it('takes what was given', () => expect(projectName('hall-7', '/tmp/x')).toBe('hall-7'))
})
