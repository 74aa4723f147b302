import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { ConsoleSinkOptions } from '../../connectors/console/index.js'
import { ConsoleSinkWriter } from '../../connectors/console/sink-writer.js'
import type { OutputBatch } from '../../src/connector/sink.js'
import { suiteBatch, suiteRows } from '../../src/testing/connector-rows.js'
import { main, millrace } from '../cli/command.js'
import { connectorContext } from '../support/connector-context.js'
import { until } from '../support/until.js'
import { SlowOutput } from './slow-output.js'

async function printed(output: SlowOutput, batches: readonly OutputBatch[], options: ConsoleSinkOptions = {}, env = {}): Promise<string> {
  const writer = new ConsoleSinkWriter(connectorContext({ id: 'rooms', env }), output, options)
  await writer.open()
  for (const batch of batches) await writer.write(batch)
  await writer.close()
  return output.text
}

const withUnit = (batch: OutputBatch): OutputBatch => ({
  ...batch,
  schema: batch.schema.map(column => (column.name === 'n' ? { ...column, unit: '°C' } : column)),
})

describe('a table in a terminal', () => {
  it('is aligned, numbers to the right; nothing is a dash; the header is dim', async () => {
    const text = await printed(new SlowOutput({}), [withUnit(suiteBatch(suiteRows(3, 9)))])
    expect(text).toBe(
      [
        '\u001B[2mrooms\u001B[22m',
        '\u001B[2mdevice  n °C  at                        note\u001B[22m',
        'd2         9  2023-11-14T22:13:29.000Z  –',
        'd3        10  2023-11-14T22:13:30.000Z  fine',
        'd4        11  2023-11-14T22:13:31.000Z  fine',
        '',
      ].join('\n'),
    )
  })

  it('has no colours where NO_COLOR says so, the terminal has none, or there is no terminal', async () => {
    for (const env of [{ NO_COLOR: '1' }, { TERM: 'dumb' }])
      expect(await printed(new SlowOutput({}), [suiteBatch(suiteRows(1))], {}, env)).not.toContain('\u001B')
    expect(await printed(new SlowOutput(), [suiteBatch(suiteRows(1))], { format: 'table' })).not.toContain('\u001B')
    expect(await printed(new SlowOutput({}), [suiteBatch(suiteRows(1))], {}, { NO_COLOR: '' })).toContain('\u001B')
  })

  it('shows its header again after a screen, when a column grows, and when another table came between', async () => {
    const heads = (text: string): number => text.split('\n').filter(line => line.startsWith('device')).length
    const env = { NO_COLOR: '1' }
    expect(heads(await printed(new SlowOutput({}), [suiteBatch(suiteRows(61))], {}, env))).toBe(3)
    const [short, long] = [suiteRows(1), suiteRows(1).map(row => ({ ...row, device: 'a long name' }))]
    expect(
      heads(await printed(new SlowOutput({}), [suiteBatch(short), suiteBatch(short), suiteBatch(long), suiteBatch(short)], {}, env)),
    ).toBe(2)
    const output = new SlowOutput({})
    const [one, other] = ['one', 'other'].map(id => new ConsoleSinkWriter(connectorContext({ id, env }), output, {}))
    for (const writer of [one!, one!, other!, one!]) await writer.write(suiteBatch(short))
    expect(heads(output.text)).toBe(3)
    await one!.close()
    await other!.close()
  })

  it('keeps to the width of the terminal, and texts cannot move the cursor', async () => {
    const rows = suiteRows(1).map(row => ({ ...row, device: '\u001B[2J\u001B[H\u009B31m', note: 'x'.repeat(200) }))
    const text = await printed(new SlowOutput({ columns: 60 }), [suiteBatch(rows)], {}, { NO_COLOR: '1' })
    expect(/[^\P{Cc}\n]/u.test(text)).toBe(false)
    const lines = text.split('\n')
    expect(Math.max(...lines.map(line => [...line].length))).toBe(60)
    expect(lines[2]).toMatch(/^·\[2J·\[H·31m .*…$/)
  })

  it('marks rows that are withdrawn', async () => {
    const text = await printed(new SlowOutput({}), [{ ...suiteBatch(suiteRows(2)), removed: Uint8Array.of(0, 1) }], {}, { NO_COLOR: '1' })
    expect(text.split('\n').map(line => line.endsWith('removed'))).toEqual([false, false, false, true, false])
  })
})

describe('what is printed', () => {
  it('is every n-th row, over all batches', async () => {
    const text = await printed(new SlowOutput(), [suiteBatch(suiteRows(4)), suiteBatch(suiteRows(5, 4)), suiteBatch(suiteRows(1, 9))], {
      every: 3,
    })
    expect(text.match(/"n":\d+/g)).toEqual(['"n":0', '"n":3', '"n":6', '"n":9'])
    expect(text).toContain('{"result":"rooms","device":"d0","n":0')
  })

  it('waits a second for a reader that stops, then drops and counts, and says both; the job goes on', async () => {
    const output = new SlowOutput()
    const context = connectorContext({ id: 'rooms' })
    const writer = new ConsoleSinkWriter(context, output, {})
    output.stop()
    const began = performance.now()
    // Each about 45 kB, of which a megabyte may wait.
    for (let i = 0; i < 60; i++) await writer.write(suiteBatch(suiteRows(500, i * 500)))
    expect(performance.now() - began).toBeLessThan(10_000)
    expect(output.writableLength).toBeLessThan(1_200_000)
    expect(writer.status().detail).toMatch(/[\d,]+ rows dropped: its reader was slow or away/)
    expect(context.lines.map(({ message }) => message)).toEqual(["stdout takes no more: rows of 'rooms' are dropped until it does"])
    output.goOn()
    await writer.write(suiteBatch(suiteRows(1, 99_999)))
    const dropped = Number(/^([\d,]+) rows of 'rooms' were not printed/.exec(context.lines[1]!.message)![1]!.replaceAll(',', ''))
    expect(dropped + output.text.split('\n').length - 1).toBe(60 * 500 + 1)
    await writer.close()
  })

  it('waits for room that comes in time: nothing is dropped', async () => {
    const output = new SlowOutput()
    const writer = new ConsoleSinkWriter(connectorContext({ id: 'rooms' }), output, {})
    output.stop()
    const writes = Array.from({ length: 60 }, (_, i) => writer.write(suiteBatch(suiteRows(500, i * 500))))
    await until('it is full', () => output.writableLength > 1_000_000)
    output.goOn()
    await Promise.all(writes)
    expect(output.text.split('\n')).toHaveLength(60 * 500 + 1)
    await writer.close()
  })

  it('goes nowhere when its reader has gone, and holds nothing up', async () => {
    const output = new SlowOutput()
    const writer = new ConsoleSinkWriter(connectorContext({ id: 'rooms' }), output, {})
    output.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
    await writer.write(suiteBatch(suiteRows(5)))
    expect([output.text, writer.status().connected]).toEqual(['', false])
    await writer.close()
  })

  it('refuses wrong options, all at once', async () => {
    const { consoleSink } = await import('../../connectors/console/index.js')
    const wrong = { every: 0, formt: 'table' } as unknown as ConsoleSinkOptions
    expect(() => consoleSink('out', wrong)).toThrowError(
      expect.objectContaining({ code: 'MR302', notes: expect.arrayContaining([expect.stringContaining('did you mean `format`')]) }),
    )
  })
})

describe('the command', () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-console-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'rows.ndjson'), Array.from({ length: 20_000 }, (_, n) => `{"n":${n}}\n`).join(''))
  writeFileSync(
    join(folder, 'rows.job.ts'),
    `import { integer, into, job, schema } from 'millrace'
import { consoleSink } from 'millrace/console'
import { file, json } from 'millrace/file'
export default job('rows', ({ read }) => [
  read('rows', file({ path: 'rows.ndjson', decode: json(schema({ n: integer() })) })).pipe(into(consoleSink('rows', { every: 10 }))),
])
`,
  )
  const line = ['run', 'rows.job.ts', '--no-http', '--data']

  it('prints JSON lines into a pipe, all of them before it ends, and its own words on stderr', async () => {
    const { code, stdout, stderr } = await millrace([...line, 'one'], { cwd: folder }).done
    expect(code, stderr).toBe(0)
    expect(stdout.trimEnd().split('\n')).toEqual(Array.from({ length: 2_000 }, (_, i) => `{"result":"rows","n":${i * 10}}`))
    expect(stderr).toContain("no guarantee: results of 'rows' may be lost")
  })

  it('ends quietly when the reader of its rows goes away', async () => {
    const command = millrace([...line, 'two'], { cwd: folder })
    command.process.stdout?.destroy()
    const { code, stderr } = await command.done
    expect([code, stderr.includes('EPIPE')]).toEqual([0, false])
  })

  it('prints a table in a terminal', context => {
    const script = ['-qec', `${process.execPath} ${main} ${line.join(' ')} three`, '/dev/null']
    const env = { ...process.env, NO_COLOR: '', TERM: 'xterm' }
    const { error, stdout } = spawnSync('script', script, { cwd: folder, env, encoding: 'utf8', input: '' })
    if (error) return context.skip('there is no `script` here, which gives a command a terminal')
    expect(stdout).toContain('\u001B[2m    n\u001B[22m\r\n')
    expect(stdout).toMatch(/\n *19990\r\n/)
  })
})
