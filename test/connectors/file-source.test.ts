import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import {
  appendFile,
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  open,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { csv, env, type FileSourceOptions, file, json } from '../../connectors/file/index.js'
import type { ConnectorContext, SourceReader } from '../../src/connector/source.js'
import type { Chunk } from '../../src/model/chunk.js'
import { valueAt } from '../../src/model/columns.js'
import { integer, schema, text } from '../../src/model/fields.js'
import type { TimeSource } from '../../src/model/seams.js'
import { systemTime } from '../../src/runtime/seams/system-time.js'
import { disposals } from '../interop/disposals.js'
import { connectorContext } from '../support/connector-context.js'
import { until } from '../support/until.js'

const root = mkdtempSync(join(tmpdir(), 'millrace-file-source-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
const opened = disposals()

const S = schema({ n: integer(), note: text().nullable() })
let folder = ''
let path = ''
beforeEach(async () => {
  folder = await mkdtemp(join(root, 'case-'))
  path = join(folder, 'app.csv')
})

/** A reader with what it has given so far, as a job would see it. */
class Reading {
  readonly rows: (readonly [number, string | null])[] = []
  readonly letters: string[] = []
  position: string | undefined
  ended = false
  error: unknown
  readonly reader: SourceReader
  readonly done: Promise<void>
  readonly #context: ReturnType<typeof connectorContext>

  constructor(reader: SourceReader, source: ReturnType<typeof file>, context: ReturnType<typeof connectorContext>) {
    this.reader = reader
    this.#context = context
    const decoder = source.decoder.compile({ wanted: new Set(['n', 'note']), keyed: new Set() })
    this.done = this.#read(chunk => {
      const { columns, length, rejected } = decoder.decode(chunk)
      for (let i = 0; i < length; i++) this.rows.push([Number(valueAt(columns['n']!, i)), valueAt(columns['note']!, i) as string | null])
      for (const { message, code, reason } of rejected) this.letters.push(`${source.placeOf!(chunk, message)}: ${code} ${reason}`)
    })
  }

  async #read(take: (chunk: Chunk) => void): Promise<void> {
    try {
      for (let chunk = await this.reader.next(); chunk; chunk = await this.reader.next()) {
        take(chunk)
        this.position = chunk.position
      }
      this.ended = true
    } catch (error) {
      this.error = error
    }
  }

  get log(): readonly string[] {
    return this.#context.lines.map(({ message }) => message)
  }

  get numbers(): readonly number[] {
    return this.rows.map(([n]) => n)
  }

  async has(...numbers: readonly number[]): Promise<void> {
    await until(`${numbers} of ${path}`, () => this.numbers.length >= numbers.length || this.error !== undefined)
    expect(this.error).toBeUndefined()
    expect(this.numbers).toEqual(numbers)
  }
}

type Options = Partial<FileSourceOptions<unknown>> & { readonly from?: string | undefined; readonly context?: Partial<ConnectorContext> }

async function reading({ from, context, ...options }: Options = {}): Promise<Reading> {
  const source = file({ path, decode: csv(S), ...options })
  const own = connectorContext({ ...context, ...(from !== undefined && { positions: new Map([[0, from]]) }) })
  const reader = opened(await source.open(own), it => it.close('release'))
  return new Reading(reader, source, own)
}

const followed = (from?: string) => reading({ follow: true, from })
const write = (text: string, to = path) => appendFile(to, text)

describe('a file that is read to its end', () => {
  it('gives its rows, and its broken lines with their numbers', async () => {
    await writeFile(path, Buffer.from('n,note\n1,a\n2\n3,"b\nc"\nx,d\n4,\xE9\n5,"open\n6,last', 'latin1'))
    const read = await reading()
    await read.done
    expect(read.rows).toEqual([
      [1, 'a'],
      [3, 'b\nc'],
      [6, 'last'],
    ])
    expect(read.letters).toEqual([
      `${path} line 3: MR219 the line has 1 cell, the header 2`,
      expect.stringContaining(`${path} line 6: MR203 `),
      `${path} line 7: MR211 the line is not UTF-8: save the file as "CSV UTF-8"`,
      `${path} line 8: MR219 a quote is never closed (RFC 4180)`,
    ])
    expect(read.reader.status()).toMatchObject({ live: false, detail: `${path} read to its end` })
  })

  it('is unpacked where it bears the name of gzip, and goes on in the midst of it; a torn one stops: MR331', async () => {
    path = join(folder, 'app.csv.gz')
    const rows = Array.from({ length: 40_000 }, (_, n) => `${n},${'x'.repeat(n % 20)}\n`).join('')
    await writeFile(path, gzipSync(`n,note\n${rows}`))
    const read = await reading()
    await read.done
    expect([read.error, read.numbers.length, read.rows.at(-1)]).toEqual([undefined, 40_000, [39_999, 'x'.repeat(19)]])
    const source = file({ path, decode: csv(S) })
    const first = opened(await source.open(connectorContext()), it => it.close('release'))
    const { position, length } = (await first.next())!
    const rest = await reading({ from: position! })
    await rest.done
    expect(rest.numbers.length + length).toBe(40_000)
    expect(rest.numbers[0]).toBe(length)
    const whole = await readFile(path)
    await writeFile(path, whole.subarray(0, whole.length - 9))
    const torn = await reading()
    await torn.done
    expect(torn.error).toMatchObject({ code: 'MR331' })
  })

  it('is not taken to have grown where gzip made a few bytes more of it', async () => {
    path = join(folder, 'app.csv.gz')
    await writeFile(path, gzipSync('n,note\n1,a\n'))
    const read = await reading()
    await read.done
    expect([read.numbers, read.log]).toEqual([[1], []])
  })

  it.each(['', '\uFEFF', '\n\n', 'n,note\n', '\uFEFFsep=,\nn,note\r\n'])('says so where there is nothing to read: %j', async content => {
    await writeFile(path, content)
    const read = await reading()
    await read.done
    expect([read.numbers, read.log]).toEqual([[], [`${path} held no records: nothing was read`]])
  })

  it.each([
    ['a folder', '.', 'MR331', 'Name a file in it, or several by a pattern such as readings/*.csv.'],
    ['a device', '/dev/null', 'MR331', 'let what it gives be written to a file'],
    ['a path that a shell would complete', '~/app.csv', 'MR330', 'A path is taken as it stands: only `*` in its last part is a pattern'],
    ['a pattern of a shell', 'app-?.csv', 'MR330', 'A path is taken as it stands: only `*` in its last part is a pattern'],
    ['a pattern that nothing matches', 'app-[0-9]*.csv', 'MR330', 'A path is taken as it stands: only `*` in its last part is a pattern'],
    ['a name that is not there', 'other.csv', 'MR330', 'Check the path, which is relative to the current folder'],
  ])('says of %s how to mend it', async (_, name, code, hint) => {
    path = name === '.' ? folder : name
    await expect(reading()).rejects.toMatchObject({ code, hint: expect.stringContaining(hint) })
  })

  it('refuses a pipe at once: no thread waits for a writer', async () => {
    execFileSync('mkfifo', [path])
    await expect(reading()).rejects.toMatchObject({ code: 'MR331', message: `${path} is a pipe, not a file` })
    expect(await file({ path, decode: csv(S) }).check(connectorContext(), 1_000)).toMatchObject([{ ok: false, code: 'MR331' }])
  })

  it('costs the record alone where one is of 100 MB, and no memory', async () => {
    await writeFile(path, 'n,note\n1,a\n')
    await truncate(path, 100_000_000)
    await write('\n2,b\n')
    const before = process.memoryUsage().arrayBuffers
    let most = 0
    const read = await reading()
    const look = setInterval(() => {
      most = Math.max(most, process.memoryUsage().arrayBuffers - before)
    }, 1)
    await read.done
    clearInterval(look)
    expect(read.numbers).toEqual([1, 2])
    expect(read.letters).toEqual([
      `${path} line 3: MR210 the record is longer than 1,048,576 bytes; so many of them are kept, and it cannot be retried`,
    ])
    expect(most).toBeLessThan(32_000_000)
  })

  it('goes on at any place that the journal may hold: every row once, wherever it was stopped', async () => {
    const text = fc.oneof(fc.constantFrom('', '"', 'a\nb', ',', '\r\n'), fc.string({ maxLength: 5_000 }))
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 60 }), fc.nat(), async (notes, stop) => {
        const cell = (note: string): string => `"${note.replaceAll('"', '""')}"`
        await writeFile(path, `n,note\n${notes.map((note, n) => `${n},${cell(note)}\n`).join('')}`)
        const source = file({ path, decode: csv(S) })
        const first = await source.open(connectorContext())
        const decoder = source.decoder.compile({ wanted: new Set(['n', 'note']), keyed: new Set() })
        const rows: unknown[] = []
        let position: string | undefined
        const take = (chunk: Chunk) => {
          const { columns, length } = decoder.decode(chunk)
          for (let i = 0; i < length; i++) rows.push([valueAt(columns['n']!, i), valueAt(columns['note']!, i)])
          position = chunk.position
        }
        for (let left = stop % 4; left > 0; left--) {
          const chunk = await first.next()
          if (!chunk) break
          take(chunk)
        }
        await first.close('release')
        const second = await source.open(connectorContext(position === undefined ? {} : { positions: new Map([[0, position]]) }))
        for (let chunk = await second.next(); chunk; chunk = await second.next()) take(chunk)
        await second.close('release')
        expect(rows).toEqual(notes.map((note, n) => [n, note]))
      }),
      { numRuns: 60 },
    )
  })

  it('has nothing new when it was read before, and says how to read it again', async () => {
    await writeFile(path, 'n\n1\n')
    const first = await reading()
    await first.done
    const second = await reading({ from: first.position })
    await second.done
    expect(second.numbers).toEqual([])
    expect(second.log.join('\n')).toContain('--reset')
    await write('2\n')
    const third = await reading({ from: first.position })
    await third.done
    expect(third.numbers).toEqual([2])
  })

  it('goes on in a copy, and refuses another file in its place: MR333', async () => {
    await writeFile(path, 'n\n1\n2\n')
    const first = await reading()
    await first.done
    await copyFile(path, `${path}.copy`)
    await rename(`${path}.copy`, path)
    await write('3\n')
    const second = await reading({ from: first.position })
    await second.done
    expect(second.numbers).toEqual([3])
    await writeFile(path, 'n\n7\n8\n9\n10\n')
    await expect(reading({ from: second.position })).rejects.toMatchObject({ code: 'MR333', action: 'stop' })
  })

  it('begins another file that the job has been told to read', async () => {
    await writeFile(path, 'n\n1\n')
    const first = await reading()
    await first.done
    const other = join(folder, 'other.csv')
    await writeFile(other, 'n\n5\n')
    const second = await reading({ path: other, from: first.position })
    await second.done
    expect(second.numbers).toEqual([5])
  })

  it('may have no header, where the job names the columns', async () => {
    await writeFile(path, 'a,1\n"b\nc",2\n')
    const read = await reading({ decode: csv(S, ['note', 'n']) })
    await read.done
    expect(read.rows).toEqual([
      [1, 'a'],
      [2, 'b\nc'],
    ])
  })

  it('stops where it was cut while it was read: MR332', async () => {
    await writeFile(path, `n\n${'1\n'.repeat(100_000)}`)
    const source = file({ path, decode: csv(S) })
    const reader = opened(await source.open(connectorContext()), it => it.close('release'))
    await reader.next()
    await truncate(path, 100)
    const rest = async () => {
      while (await reader.next());
    }
    await expect(rest()).rejects.toMatchObject({ code: 'MR332' })
  })

  it('does not go on from what no file source wrote: MR334', async () => {
    await writeFile(path, 'n\n1\n')
    for (const from of ['', '17', '{"file":"a"}', '{"file":"a","inode":"1:1","print":{"length":1,"crc":2},"at":-0.5,"line":1}'])
      await expect(reading({ from })).rejects.toMatchObject({ code: 'MR334' })
  })
})

describe('what cannot be read', () => {
  it('a file that is not there: MR330', async () => {
    await expect(reading()).rejects.toMatchObject({ code: 'MR330', message: `there is no file ${path}` })
    await expect(reading({ path: join(folder, '*.csv') })).rejects.toMatchObject({
      code: 'MR330',
      message: expect.stringContaining('no file matches'),
    })
    const found = await file({ path, follow: true, decode: csv(S) }).check(connectorContext(), 1_000)
    expect(found).toMatchObject([{ ok: false, code: 'MR330', severity: 'warning' }])
  })

  it('a folder: MR331; a variable that is not set: MR304', async () => {
    await expect(reading({ path: folder })).rejects.toMatchObject({ code: 'MR331' })
    await expect(reading({ path: env('READINGS') })).rejects.toMatchObject({ code: 'MR304' })
    await writeFile(path, 'n\n1\n')
    const read = await reading({ path: env('READINGS'), context: { env: { READINGS: path } } })
    await read.has(1)
  })

  it('a file without the right to: MR331, for a user who has not', async () => {
    await writeFile(path, 'n\n1\n')
    await chmod(path, 0o000)
    await chmod(root, 0o755)
    await chmod(folder, 0o755)
    // Root may read everything, so another user asks.
    const ask = `import { open } from 'node:fs/promises'; await open(${JSON.stringify(path)}).then(() => console.log('read'), error => console.log(error.code))`
    const uid = process.getuid?.() === 0 ? { uid: 65_534 } : {}
    expect(spawnSync(process.execPath, ['--input-type=module', '-e', ask], { ...uid, encoding: 'utf8' }).stdout.trim()).toBe('EACCES')
    if (process.getuid?.() !== 0) await expect(reading()).rejects.toMatchObject({ code: 'MR331' })
  })

  it('a header that lacks a column, names one twice, is UTF-16 or divided by semicolons', async () => {
    const of = async (content: string | Buffer) => {
      await writeFile(path, content)
      const read = await reading()
      await read.done
      return read.error
    }
    expect(await of('m,note\n1,a\n')).toMatchObject({ code: 'MR217', notes: ['columns of the file: m, note'] })
    expect(await of('n,n\n1,2\n')).toMatchObject({ code: 'MR219' })
    expect(await of('n;note\n1;a\n')).toMatchObject({ code: 'MR217', hint: expect.stringContaining("delimiter ';'") })
    expect(await of(Buffer.from([0x1f, 0x8b, 8, 0, 0x0a]))).toMatchObject({ code: 'MR211', message: `${path} is packed by gzip` })
    expect(await of(Buffer.from('\uFEFFn,note\r\n1,a\r\n', 'utf16le'))).toMatchObject({ code: 'MR211', hint: 'Save it as "CSV UTF-8".' })
  })

  it('options that are wrong: MR302, all at once', () => {
    const wrong = { path: join('a*', 'b.csv'), decode: csv(S), folow: true, id: { from: 'body', path: ['n'] } } as never
    expect(() => file(wrong)).toThrowError(
      expect.objectContaining({
        code: 'MR302',
        notes: [
          '`path` may have `*` in its last part only',
          'there is no option `folow`, did you mean `follow`?',
          '`id` is read from JSON, and these lines are CSV',
        ],
      }),
    )
  })
})

describe('several files', () => {
  const pattern = () => join(folder, 'r-*.csv')
  const put = (name: string, content: string) => writeFile(join(folder, name), content)

  it('are read in the order of their names, each with its own header; hidden and other files are not', async () => {
    await put('r-2.csv', 'note,n\nb,2\n')
    await put('r-1.csv', 'n\n1')
    await put('r-3.csv', 'n,x,note\n3,,c\n')
    await put('.r-0.csv', 'n\n0\n')
    await put('r-4.csv.part', 'n\n4\n')
    const read = await reading({ path: pattern() })
    await read.done
    expect(read.rows).toEqual([
      [1, null],
      [2, 'b'],
      [3, 'c'],
    ])
    expect((await reading({ path: join(folder, '*.csv') })).reader.status().endpoint).toBe(join(folder, '*.csv'))
  })

  it('go on behind the last one, whatever has become of those before', async () => {
    await put('r-1.csv', 'n\n1\n')
    await put('r-2.csv', 'n\n2\n')
    const first = await reading({ path: pattern() })
    await first.done
    await rm(join(folder, 'r-1.csv'))
    await put('r-3.csv', 'n\n3\n')
    const second = await reading({ path: pattern(), from: first.position })
    await second.done
    expect(second.numbers).toEqual([3])
    await rm(join(folder, 'r-3.csv'))
    await put('r-4.csv', 'n\n4\n')
    const third = await reading({ path: pattern(), from: second.position })
    await third.done
    expect(third.numbers).toEqual([4])
    expect(third.log.join('\n')).toContain('gone; the rest')
    // Another folder is another series.
    const other = await mkdtemp(join(root, 'other-'))
    await writeFile(join(other, 'r-1.csv'), 'n\n7\n')
    const fourth = await reading({ path: join(other, 'r-*.csv'), from: third.position })
    await fourth.done
    expect(fourth.numbers).toEqual([7])
  })

  it('are followed: the last one grows until there is a further one', async () => {
    const read = await reading({ path: pattern(), follow: true })
    await until('it waits', () => read.reader.status().detail.includes('no file matches'))
    await put('r-1.csv', 'n\n1\n')
    await read.has(1)
    await write('2\n3', join(folder, 'r-1.csv'))
    await read.has(1, 2)
    await put('r-2.csv', 'n\n4\n')
    // What has no line break counts once nothing follows it.
    await read.has(1, 2, 3, 4)
  })
})

describe('a file that is followed', () => {
  it.each([true, false])('of which one grows that is not the last: said once, with its code; follow: %s', async follow => {
    const [one, two] = [join(folder, 'r-1.csv'), join(folder, 'r-2.csv')]
    await writeFile(one, 'n\n1\n')
    await writeFile(two, 'n\n2\n')
    const own = connectorContext()
    const reader = opened(await file({ path: join(folder, 'r-*.csv'), decode: csv(S), follow }).open(own), it => it.close('release'))
    // The first is left for the second.
    for (const end of [one, two]) expect(JSON.parse((await reader.next())!.position!)).toMatchObject({ file: end })
    await write('3\n4\n', one)
    const rest = reader.next()
    const said = () => own.lines.filter(({ message }) => message.includes('has grown'))
    await until('it is said', () => said().length > 0)
    await write('5\n', one)
    await reader.close('release')
    expect(await rest).toBeUndefined()
    const message = `${one} has grown by 4 bytes after it was read to line 3: they are not read`
    expect(said()).toEqual([{ level: 'warn', message, fields: { code: 'MR338' } }])
  })

  it('waits for whole lines, and a whole header', async () => {
    await writeFile(path, 'n,no')
    const read = await followed()
    await write('te\n1,a\n2,')
    await read.has(1)
    await write('b\n')
    await read.has(1, 2)
    await until('it is live', () => read.reader.status().live)
    expect(read.reader.status().detail).toBe(`${path} read to line 4, waits for more`)
  })

  it('is waited for, and comes; goes, and comes back', async () => {
    const read = await followed()
    await until('it waits', () => read.reader.status().error?.code === 'MR330')
    expect(read.reader.status()).toMatchObject({ connected: false, live: false })
    await writeFile(path, 'n\n1\n')
    await read.has(1)
    await rename(path, join(folder, 'away'))
    await until('it is missed', () => !read.reader.status().connected)
    await rename(join(folder, 'away'), path)
    await until('it is back', () => read.reader.status().connected)
    await write('2\n')
    await read.has(1, 2)
    await rm(path)
    await until('it is missed', () => !read.reader.status().connected)
    await writeFile(path, 'n\n3\n')
    await read.has(1, 2, 3)
    expect(read.log.filter(line => line.includes('waits'))).toHaveLength(3)
  })

  it('is rotated by renaming, and read on for a second: whoever wrote it may still hold it', async () => {
    await writeFile(path, 'n\n1\n')
    const read = await followed()
    await read.has(1)
    const held = await open(path, 'a')
    await rename(path, `${path}.1`)
    await writeFile(path, 'note,n\nnew,3\n')
    await held.write('2\n')
    await held.close()
    await read.has(1, 2, 3)
    expect(read.rows[2]).toEqual([3, 'new'])
  })

  it('is rotated more often than it is looked at: what lies between is read too', async () => {
    await writeFile(path, 'n\n1\n')
    await writeFile(`${path}.note`, 'no data')
    const source = file({ path, decode: csv(S), follow: true })
    const reader = opened(await source.open(connectorContext()), it => it.close('release'))
    // The job is busy, and asks for nothing.
    const rotations = [2, 3, 4]
    for (const n of rotations) {
      await utimes(path, 1_700_000_000, 1_700_000_000 + n)
      for (let i = n - 2; i > 0; i--) await rename(`${path}.${i}`, `${path}.${i + 1}`)
      await rename(path, `${path}.1`)
      await writeFile(path, `n\n${n}\n`)
    }
    const read = new Reading(reader, source, connectorContext())
    await read.has(1, ...rotations)
  })

  it('is made anew as a whole, with further lines, and renamed into its place: those count', async () => {
    const rows = (count: number) => `n,note\n${Array.from({ length: count }, (_, n) => `${n},${'x'.repeat(n % 20)}\n`).join('')}`
    const put = async (content: string) => {
      await writeFile(join(folder, 'part'), content)
      await rename(join(folder, 'part'), path)
    }
    const upTo = (count: number) => Array.from({ length: count }, (_, n) => n)
    await put(rows(50))
    const read = await followed()
    await read.has(...upTo(50))
    await put(rows(60))
    await read.has(...upTo(60))
    await put(rows(75))
    await read.has(...upTo(75))
    // Another beginning is another file, however long.
    await put(rows(75).replace('70,', '99,'))
    await read.has(...upTo(75), ...upTo(75).map(n => (n === 70 ? 99 : n)))
  })

  it('is cut and filled again, less or more than before', async () => {
    let rests = 0
    const after: TimeSource['after'] = (ms, callback) => {
      rests++
      return systemTime.after(ms, callback)
    }
    await writeFile(path, 'n\n1\n2\n3\n')
    const read = await reading({ follow: true, context: { time: { ...systemTime, after } } })
    /** No reading is under way behind these rows: one that is would take what is put there for their continuation. */
    const restsBehind = async (...numbers: readonly number[]) => {
      await read.has(...numbers)
      const before = rests
      await until('it rests', () => rests > before)
    }
    await restsBehind(1, 2, 3)
    await writeFile(path, 'n\n4\n')
    await restsBehind(1, 2, 3, 4)
    await writeFile(path, 'n\n5\n6\n7\n8\n')
    await read.has(1, 2, 3, 4, 5, 6, 7, 8)
    expect(read.log.filter(line => line.includes('was cut'))).toHaveLength(2)
  })

  it('goes on after a rotation while nobody read, over those between', async () => {
    await writeFile(path, 'n\n1\n')
    const first = await followed()
    await first.has(1)
    await first.reader.close('release')
    await write('2\n')
    for (const [round, n] of [3, 4, 5].entries()) {
      // A file system counts time in steps of some ms.
      await utimes(path, 1_700_000_000, 1_700_000_000 + round)
      await rename(path, `${path}.${round}`)
      await writeFile(path, `n\n${n}\n`)
    }
    await copyFile(`${path}.0`, `${path}.9.gz`)
    const second = await followed(first.position)
    await second.has(2, 3, 4, 5)
    expect(second.log[0]).toBe(`goes on in ${path}.0 at line 3`)
    const third = await followed(second.position)
    await write('6\n')
    await third.has(6)
  })

  /** As `gzip` does: the time of the last write stays, the file goes. */
  async function pack(from: string, seconds: number, to = `${from}.gz`): Promise<void> {
    await writeFile(to, gzipSync(await readFile(from)))
    await utimes(to, seconds, seconds)
    await rm(from)
  }

  it('goes on in what gzip made of it while nobody read, and of those that followed', async () => {
    await writeFile(path, 'n\n1\n')
    const first = await followed()
    await first.has(1)
    await first.reader.close('release')
    await write('2\n3\n')
    await pack(path, 1_700_000_001, `${path}.2.gz`)
    await writeFile(path, 'n\n4\n')
    await pack(path, 1_700_000_002, `${path}.1.gz`)
    await writeFile(path, 'n\n5\n')
    const second = await followed(first.position)
    await second.has(2, 3, 4, 5)
    expect(second.log[0]).toBe(`goes on in ${path}.2.gz at line 3`)
    // A place in a packed file is one to go on from, too.
    const source = file({ path, decode: csv(S), follow: true })
    const reader = opened(await source.open(connectorContext({ positions: new Map([[0, first.position!]]) })), it => it.close('release'))
    const inside = (await reader.next())!.position
    const third = await followed(inside)
    await third.has(4, 5)
  })

  it('goes on in what gzip made of it, though a later file has the number that it had', async () => {
    await writeFile(path, 'n\n1\n')
    const first = await followed()
    await first.has(1)
    await first.reader.close('release')
    await write('2\n3\n')
    await pack(path, 1_700_000_001, `${path}.2.gz`)
    await writeFile(`${path}.1`, 'n\n4\n')
    await writeFile(path, 'n\n5\n')
    // File systems give a number that became free to whoever comes next.
    const { dev, ino } = await stat(`${path}.1`, { bigint: true })
    const second = await followed(JSON.stringify({ ...JSON.parse(first.position!), inode: `${dev}:${ino}` }))
    await second.has(2, 3, 4, 5)
    expect(second.log[0]).toBe(`goes on in ${path}.2.gz at line 3`)
  })

  it('is packed while it is read, and so is what follows: nothing twice, nothing left out', async () => {
    await writeFile(path, 'n\n1\n')
    const read = await followed()
    await read.has(1)
    await utimes(path, 1_700_000_001, 1_700_000_001)
    await rename(path, `${path}.2`)
    // By another program than gzip, which does not keep the time.
    await pack(`${path}.2`, Date.now() / 1_000)
    await writeFile(`${path}.1`, 'n\n2\n')
    await pack(`${path}.1`, 1_700_000_002)
    await writeFile(path, 'n\n3\n')
    await read.has(1, 2, 3)
  })

  it('says where the rest of it may be, if that cannot be unpacked', async () => {
    await writeFile(path, 'n\n1\n')
    const first = await followed()
    await first.has(1)
    await first.reader.close('release')
    await rm(path)
    await writeFile(`${path}.1.xz`, 'packed')
    await writeFile(path, 'n\n2\n')
    const second = await followed(first.position)
    await second.has(2)
    expect(second.log[0]).toMatch(/is not read; it may be in .*app\.csv\.1\.xz, which cannot be unpacked here$/)
  })

  it('is one of a pattern, and was packed while nobody read', async () => {
    const [one, two] = [join(folder, 'r-1.csv'), join(folder, 'r-2.csv')]
    await writeFile(one, 'n\n1\n')
    const first = await reading({ path: join(folder, 'r-*.csv'), follow: true })
    await first.has(1)
    await first.reader.close('release')
    await write('2\n', one)
    await pack(one, 1_700_000_001)
    await writeFile(two, 'n\n3\n')
    const second = await reading({ path: join(folder, 'r-*.csv'), follow: true, from: first.position })
    await second.has(2, 3)
  })

  it('begins anew, and says so, where nothing is left of what was read', async () => {
    await writeFile(path, 'n\n1\n2\n')
    const first = await followed()
    await first.has(1, 2)
    await first.reader.close('release')
    await rm(path)
    await writeFile(path, 'n\n8\n9\n')
    const second = await followed(first.position)
    await second.has(8, 9)
    expect(second.log[0]).toContain('is another file now, read from its beginning; the rest of what was read up to line 4 is not read')
  })

  it('does not stand still behind a quote that is never closed: its line costs itself, after a second', async () => {
    await writeFile(path, 'n,note\n1,"a\n')
    const read = await followed()
    await write('2,b\n3,"c')
    await read.has(2)
    expect(read.letters).toEqual([`${path} line 2: MR219 a quote is never closed (RFC 4180)`])
    // One that is on its way is waited for.
    await write('\nd"\n')
    await read.has(2, 3)
    expect(read.rows[1]).toEqual([3, 'c\nd'])
  })

  it('takes many quotes that are never closed as one: a second for all that wait', async () => {
    const lines = Array.from({ length: 400 }, (_, n) => (n % 2 === 0 ? `${n},"${'x'.repeat(n % 50)} "y` : `${n},`))
    await writeFile(path, `n,note\n${lines.join('\n')}\n`)
    const read = await followed()
    // A second for each would be minutes.
    await until('all lines were judged', () => read.numbers.length + read.letters.length === 400 || read.error)
    expect(read.error).toBeUndefined()
    // Whatever such lines are taken for, each is a row or a letter, and those without a quote behind the last open one count.
    expect(new Set(read.numbers).size).toBe(read.numbers.length)
    // What comes later has its second.
    await write('1000,"on its way')
    await write('\nstill"\n')
    await until('a row in two lines', () => read.rows.some(([n, note]) => n === 1000 && note === 'on its way\nstill'))
  })

  it('is not a folder, and goes on when it is readable', async () => {
    await mkdir(path)
    await expect(followed()).rejects.toMatchObject({ code: 'MR331' })
  })

  it('may hold JSON lines', async () => {
    await writeFile(path, '{"n":1}\nnot json\n\n{"n":2}\n')
    const read = await reading({ decode: json(S), follow: true })
    await read.has(1, 2)
    expect(read.letters).toEqual([expect.stringContaining(`${path} line 2: MR201 `)])
    expect(await readFile(path, 'utf8')).toContain('not json')
  })
})
