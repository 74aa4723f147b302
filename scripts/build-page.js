/** Builds the page into dist/dashboards/app. Node only; the same on every platform. Fails on a bad dashboard definition. */
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../', import.meta.url))
const source = join(root, 'dashboards', 'app')
const mostScriptBytes = 120_000

/** @returns the folder of the built page and the script's size as sent */
export const buildPage = async (out = join(root, 'dist', 'dashboards', 'app')) => {
  await rm(out, { recursive: true, force: true })
  await mkdir(join(out, 'dashboards'), { recursive: true })
  const shared = {
    bundle: true,
    minify: true,
    target: ['es2022', 'chrome110', 'firefox115', 'safari16.4'],
    legalComments: 'none',
    logLevel: 'warning',
  }
  await Promise.all([
    build({ ...shared, entryPoints: [join(source, 'main.ts')], outfile: join(out, 'app.js'), format: 'esm', sourcemap: false }),
    build({ ...shared, entryPoints: [join(source, 'app.css')], outfile: join(out, 'app.css') }),
    cp(join(source, 'index.html'), join(out, 'index.html')),
    cp(join(source, 'favicon.svg'), join(out, 'favicon.svg')),
    copyDefinitions(join(out, 'dashboards')),
    writeErrors(join(out, 'errors.html')),
  ])
  const gzipped = gzipSync(await readFile(join(out, 'app.js'))).length
  if (gzipped > mostScriptBytes) throw new Error(`app.js is ${gzipped} bytes gzipped, more than ${mostScriptBytes}`)
  return { out, gzipped }
}

/** Checks every definition with the page's own parser and lists them, so that the page never asks for one that is not there. */
const copyDefinitions = async to => {
  const folder = join(root, 'dashboards')
  const files = (await readdir(folder)).filter(name => name.endsWith('.json') && name !== 'dashboard.schema.json').sort()
  const parseDashboard = await loadParser()
  for (const name of files) {
    const text = await readFile(join(folder, name), 'utf8')
    parseDashboard(JSON.parse(text), `dashboards/${name}`)
    await writeFile(join(to, name), text)
  }
  await cp(join(folder, 'dashboard.schema.json'), join(to, 'dashboard.schema.json'))
  await writeFile(join(to, 'index.json'), JSON.stringify(files.map(name => name.slice(0, -'.json'.length))))
}

/** Every error of the catalogue on one page, each under its code: where the codes of the page link to. */
const writeErrors = async to => {
  const { catalogue } = await load(join(root, 'src', 'model', 'errors', 'catalogue.ts'))
  const safe = text =>
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replace(/`([^`]*)`/g, '<code>$1</code>')
  const entries = Object.entries(catalogue)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([code, { title, cause, remedy }]) =>
        `<section class="card" id="${code}"><h2><code>${code}</code> ${safe(title)}</h2><p>${safe(cause)}</p><p><b>What to do:</b> ${safe(remedy)}</p></section>`,
    )
  const head = (await readFile(join(source, 'index.html'), 'utf8'))
    .split('<body>')[0]
    .replace(/ *<script.*\n/, '')
    .replace('<title>Millrace', '<title>Errors · Millrace')
  await writeFile(
    to,
    `${head}<body><main class="errors"><p><a href="./">Millrace</a></p><h1 class="sentence">Errors</h1>${entries.join('\n')}</main></body></html>\n`,
  )
}

const loadParser = async () => (await load(join(root, 'src', 'dashboard', 'parse-dashboard.ts'))).parseDashboard

/** A module of the source as it is now, built or not. */
const load = async entry => {
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, format: 'esm', platform: 'neutral', write: false })
  const code = Buffer.from(outputFiles[0].contents).toString('base64')
  return await import(`data:text/javascript;base64,${code}`)
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { gzipped } = await buildPage(process.argv[2])
  process.stderr.write(`page built: app.js ${(gzipped / 1000).toFixed(1)} kB gzipped\n`)
}
