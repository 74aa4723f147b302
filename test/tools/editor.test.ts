import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { finished } from '../cli/command.js'
import { LanguageServer, positionAt, positionOf } from './language-server.js'

const file = 'plant.job.ts'
const numberMethods = 'isNull eq ne isIn gt ge lt le between add sub mul div mod neg abs round orElse'.split(' ')
let folder: string
let text: string
let editor: LanguageServer

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-editor-'))
  const made = await finished(['init', folder, '--name', 'plant'])
  expect(made.code, made.stderr).toBe(0)
  text = readFileSync(join(folder, file), 'utf8')
  editor = await LanguageServer.start(folder)
  editor.open(file, text)
})
afterAll(async () => {
  await editor?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** What the editor offers when this much of a line has been typed in place of another. */
async function offered(line: string, typed: string): Promise<readonly string[]> {
  const edited = text.replace(line, typed)
  expect(edited).not.toBe(text)
  editor.edit(file, edited)
  return editor.completions(file, positionOf(edited, typed, true))
}

/** What the editor shows over a word, where this finds it. */
function shown(word: RegExp): Promise<string> {
  editor.edit(file, text)
  return editor.hover(file, positionAt(text, text.search(word)))
}

it('finds nothing wrong with a new project', async () => {
  editor.edit(file, text)
  expect(await editor.diagnostics(file)).toEqual([])
})

it('offers the fields of the schema after `r.`, in every expression', async () => {
  const fields = ['at', 'celsius', 'room']
  for (const [line, typed] of [
    ['eventTime(r => r.at,', 'eventTime(r => r.'],
    ['where(r => r.celsius.between(-40, 85))', 'where(r => r.'],
    ['by: r => ({ room: r.room })', 'by: r => ({ room: r.'],
    ['mean: mean(r => r.celsius)', 'mean: mean(r => r.'],
  ] as const)
    expect((await offered(line, typed)).toSorted(), typed).toEqual(fields)
})

it('offers what can be done with a number, a text and a time, and nothing else', async () => {
  const after = (field: string) => offered('where(r => r.celsius.between(-40, 85))', `where(r => r.${field}.`)
  expect((await after('celsius')).toSorted()).toEqual(numberMethods.toSorted())
  expect(await after('room')).toEqual(expect.arrayContaining(['startsWith', 'lower', 'eq']))
  expect(await after('room')).not.toContain('add')
  expect(await after('at')).toEqual(expect.arrayContaining(['hour', 'truncate']))
})

it('offers the columns of windows behind `aggregate`', async () => {
  const columns = await offered("climate.pipe(into(view('climate')))", 'climate.pipe(where(w => w.')
  expect(columns).toEqual(expect.arrayContaining(['room', 'mean', 'low', 'peak', 'n', 'window_start', 'window_end']))
  expect(columns).not.toContain('celsius')
})

it('offers the options that are left', async () => {
  const options = await offered("{ outOfOrderness: '10s' }", "{ outOfOrderness: '10s', ")
  expect(options.map(name => name.replace('?', ''))).not.toContain('outOfOrderness')
  expect(await offered("over: tumbling('1m'), early: '5s' }", "over: tumbling('1m'), ")).toEqual(
    expect.arrayContaining(['early?', 'late?']),
  )
})

it('shows what each imported name is, with an example', async () => {
  const names = [...text.matchAll(/^import \{ (.+) \}/gm)].flatMap(([, list]) => list!.split(', '))
  expect(names.length).toBeGreaterThan(10)
  for (const name of names) {
    const page = await shown(new RegExp(`(?<=^import .*)\\b${name}\\b`, 'm'))
    const [, , prose = ''] = page.split('```')
    expect(prose, `${name}: ${page}`).toMatch(/[a-z]{3}/)
    expect(page, name).toContain('@example')
  }
})

it('shows what an option means', async () => {
  expect(await shown(/outOfOrderness/)).toContain('How late a row may come')
})

it.each([
  ['a misspelt field', 'mean(r => r.celsius)', 'mean(r => r.celsuis)', 'celsuis', /Did you mean 'celsius'/],
  ['the mean of a text', 'mean(r => r.celsius)', 'mean(r => r.room)', 'r.room)', /TextExpr/],
  ['an unknown option', "outOfOrderness: '10s'", "outOfOrdernes: '10s'", 'outOfOrdernes', /outOfOrdernes/],
  ['no duration', "tumbling('1m')", "tumbling('1 minute')", "'1 minute'", /1 minute/],
])('marks %s where it stands', async (_, right, wrong, mark, message) => {
  const edited = text.replace(right, wrong)
  editor.edit(file, edited)
  const found = await editor.diagnostics(file)
  expect(found.map(({ message }) => message).join('\n')).toMatch(message)
  expect(found.map(({ range }) => range.start)).toContainEqual(positionOf(edited, mark))
})
