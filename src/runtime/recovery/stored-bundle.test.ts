import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ownRxjs } from '../load/own-modules.js'
import { systemDisk } from '../seams/system-disk.js'
import { bundleHash, loadStoredJob, StoredBundles } from './stored-bundle.js'

let folder = ''
let counter = 0
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-bundles-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** An installation: where `millrace` and its connectors lie. */
const installation = (root: string) => (specifier: string) => {
  const part = specifier.split('/')[1]
  return new URL(part === undefined ? `file:///${root}/src/index.js` : `file:///${root}/connectors/${part}/index.js`)
}
const old = installation('opt/millrace-1')
const moved = installation('srv/apps/millrace-2')

const map = (sourceRoot: string) =>
  `//# sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify({ version: 3, sources: ['rooms.job.ts'], sourceRoot, mappings: '' })).toString('base64')}\n`

const code = (root: string, home = 'srv/jobs', extra = '') =>
  `import { job } from "file:///${root}/src/index.js";
import { amqp } from 'file:///${root}/connectors/amqp/index.js';
import { map } from "${ownRxjs('rxjs')}";
import lodash from "file:///${home}/node_modules/lodash/lodash.js";
const text = "file:///opt/millrace-1/src/index.js is no import, and neither is millrace";
${extra}export default job("rooms", () => [amqp, map, lodash, text]);
${map(`/${home}/`)}`

const bundles = (resolve = old, name = `b${++counter}`) => ({ name, store: new StoredBundles(systemDisk, join(folder, name), resolve) })

describe('StoredBundles', () => {
  test('gives back what it was given', async () => {
    const { store } = bundles()
    const hash = await store.save(code('opt/millrace-1'))
    expect(hash).toMatch(/^[0-9a-f]{32}$/)
    expect((await store.load(hash)).replaceAll("'", '"')).toBe(code('opt/millrace-1').replaceAll("'", '"'))
  })

  test('what is stored names no place of the installation, and leads to the one at hand', async () => {
    const { name, store } = bundles()
    const hash = await store.save(code('opt/millrace-1'))
    const stored = await readFile(join(folder, name, `${hash}.mjs`), 'utf8')
    expect(stored).toContain('import { job } from "millrace";')
    expect(stored).toContain('from "millrace/amqp"')
    expect(stored).toContain('import { map } from "rxjs";')
    expect(stored).toContain('"file:///srv/jobs/node_modules/lodash/lodash.js"')
    const loaded = await bundles(moved, name).store.load(hash)
    expect(loaded).toContain('import { job } from "file:///srv/apps/millrace-2/src/index.js";')
    expect(loaded).toContain('"file:///srv/apps/millrace-2/connectors/amqp/index.js"')
    // Texts that look like module names are no module names.
    expect(loaded).toContain('const text = "file:///opt/millrace-1/src/index.js is no import, and neither is millrace"')
  })

  test('the hash is of the code alone: not of where it, its packages or Millrace lie', () => {
    const hash = bundleHash(code('opt/millrace-1'), old)
    expect(bundleHash(code('srv/apps/millrace-2'), moved)).toBe(hash)
    expect(bundleHash(code('opt/millrace-1', 'home/bob/work'), old)).toBe(hash)
    expect(bundleHash(code('opt/millrace-1', 'srv/jobs', 'const more = 1;\n'), old)).not.toBe(hash)
  })

  test('one that is there stays; a damaged one is written again', async () => {
    const { name, store } = bundles()
    const hash = await store.save(code('opt/millrace-1'))
    const path = join(folder, name, `${hash}.mjs`)
    const whole = await readFile(path)
    expect(await store.save(code('opt/millrace-1'))).toBe(hash)
    for (const at of [0, 25, whole.length >> 1, whole.length - 2]) {
      const altered = Buffer.from(whole)
      altered[at] = altered[at]! ^ 1
      await writeFile(path, altered)
      await expect(store.load(hash)).rejects.toMatchObject({ code: 'MR461', message: expect.stringContaining('is damaged') as string })
    }
    await writeFile(path, whole.subarray(0, whole.length - 10))
    await expect(store.load(hash)).rejects.toMatchObject({ code: 'MR461' })
    await store.save(code('opt/millrace-1'))
    expect(await readFile(path)).toEqual(whole)
    expect(await readdir(join(folder, name))).toEqual([`${hash}.mjs`])
  })

  test('a missing one is named; others than those retained go', async () => {
    const { store } = bundles()
    await expect(store.load('0'.repeat(32))).rejects.toMatchObject({
      code: 'MR461',
      message: expect.stringContaining('is missing') as string,
    })
    const first = await store.save(code('opt/millrace-1'))
    const second = await store.save(code('opt/millrace-1', 'srv/jobs', 'const more = 1;\n'))
    expect(await store.list()).toEqual([first, second].sort())
    await store.retain([second])
    expect(await store.list()).toEqual([second])
    await store.retain([])
    expect(await store.list()).toEqual([])
  })
})

describe('loadStoredJob', () => {
  // A job has ten seconds to load; those of the test runner, which compiles what it imports, do not count.
  beforeAll(async () => {
    await Promise.all([import('../../index.js'), import('../../../connectors/amqp/index.js')])
  })

  // Under the test runner the modules are TypeScript.
  const real = (specifier: string) => {
    const part = specifier.split('/')[1]
    return new URL(part === undefined ? '../../index.ts' : `../../../connectors/${part}/index.ts`, import.meta.url)
  }
  const rooms = (inner = '') =>
    `import { into, job, number, schema, view } from "${real('millrace').href}";
import { amqp, json } from "${real('millrace/amqp').href}";
${inner}const S = schema({ celsius: number() });
export default job("rooms", ({ read }) => [read("in", amqp({ address: "telemetry", decode: json(S) })).pipe(into(view("latest")))]);
${map('/srv/jobs/')}`

  test('the job starts as the one of the file did', async () => {
    const { store } = bundles(real)
    const loaded = await loadStoredJob(await store.load(await store.save(rooms())), 'rooms')
    expect(loaded.start({ bounded: false }).plan.nodes.map(({ id }) => id)).toEqual(['in', 'view:latest'])
  })

  test('a package that is gone is named', async () => {
    const modules = join(folder, 'ann', 'node_modules', 'pace')
    await mkdir(modules, { recursive: true })
    const url = pathToFileURL(join(modules, 'index.mjs')).href
    const using = rooms(`import { pace } from "${url}";\nexport { pace };\n`)
    await expect(loadStoredJob(using, 'rooms')).rejects.toMatchObject({
      code: 'MR461',
      message: expect.stringContaining(`the package module ${join(modules, 'index.mjs')} is gone`) as string,
    })
    await writeFile(join(modules, 'index.mjs'), 'export const pace = 1\n')
    expect((await loadStoredJob(using, 'rooms')).id).toBe('rooms')
  })

  test('code that throws, an export that is gone, another job: MR461 with the reason', async () => {
    const refusal = (text: string, id = 'rooms') =>
      loadStoredJob(text, id).then(
        () => undefined,
        (error: { code: string; message: string }) => `${error.code} ${error.message}`,
      )
    expect(await refusal(rooms('throw new Error("no luck");\n'))).toMatch(/^MR461 .*no luck/)
    expect(await refusal(rooms(), 'halls')).toBe("MR461 the stored bundle of 'halls' cannot be used: it is the job 'rooms'")
    expect(await refusal(`export default 3;\n${map('/')}`)).toMatch(/^MR461 .*is no job/)
    expect(await refusal('export default 3;\n')).toMatch(/^MR461 .*is no job/)
  })
})
