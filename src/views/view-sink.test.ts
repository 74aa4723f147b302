import { describe, expect, it } from 'vitest'
import { createViewRegistry, type ViewSink } from './view-registry.js'
import { view } from './view-sink.js'

describe('view', () => {
  it('is inert data', () => {
    expect(view('climate', { keep: '7d' })).toMatchObject({
      id: 'climate',
      kind: 'view',
      params: { keep: 604_800_000, maxBytes: 67_108_864 },
    })
    expect(JSON.parse(JSON.stringify(view('climate').params))).toEqual({ keep: null, maxBytes: 67_108_864 })
  })

  it.each(['', 'a b', '../x', 'a/b', '<script>', 'a'.repeat(101)])('refuses the id %j', id => {
    expect(() => view(id)).toThrow(expect.objectContaining({ code: 'MR501' }))
  })

  it('refuses options that it does not know or that are out of range', () => {
    const misspelt: object = { kep: '7d' }
    expect(() => view('a', misspelt)).toThrow(expect.objectContaining({ code: 'MR501', hint: 'did you mean `keep`?' }))
    expect(() => view('a', { maxBytes: 10 })).toThrow(expect.objectContaining({ code: 'MR501' }))
    expect(() => view('a', { maxBytes: Number.NaN })).toThrow(expect.objectContaining({ code: 'MR501' }))
    expect(() => view('a', { keep: '0s' })).toThrow(expect.objectContaining({ code: 'MR501' }))
  })
})

describe('createViewRegistry', () => {
  const sink: ViewSink = {
    id: 'v',
    spec: view('v'),
    schema: [{ name: 'x', type: 'number', nullable: false }],
    windowed: false,
    keyColumns: [],
  }
  const output = {
    sink: 'v',
    length: 1,
    schema: sink.schema,
    columns: { x: { type: 'number' as const, values: Float64Array.of(4), nulls: undefined } },
    computed: {},
    ids: ['1.0'],
    keys: ['1.0'],
    removed: undefined,
    wall: 7,
    watermark: 3,
  }

  it('writes to the view that it opened, job by job', async () => {
    const registry = createViewRegistry()
    const one = registry.open('one', sink)
    registry.open('two', sink)
    await one.writer.open()
    await one.writer.write(output, { entry: 1, ordinal: 0 })
    expect(registry.views().map(v => [v.job, v.id, v.info().rows])).toEqual([
      ['one', 'v', 1],
      ['two', 'v', 0],
    ])
    expect(registry.get('one', 'v')).toBe(one.view)
    expect(one.writer.status()).toMatchObject({ connected: true, detail: 'rows in memory: 1' })
    registry.closeJob('one')
    expect(registry.views().map(v => v.job)).toEqual(['two'])
  })

  it('replaces a view that is opened anew', () => {
    const registry = createViewRegistry()
    const first = registry.open('one', sink).view
    const second = registry.open('one', sink).view
    expect(registry.views()).toEqual([second])
    expect(second).not.toBe(first)
  })

  it('cannot be opened past it', async () => {
    const refused = async () => view('v').open({} as never)
    await expect(refused()).rejects.toMatchObject({ code: 'MR502' })
  })
})
