// `npm run docs`: the documentation as a site in docs/.vitepress/dist, without a network. The reference is made from
// docstrings and from --help, the errors from the catalogue; the drawings are compared with runs of the built Millrace.
// `npm run docs -- --serve` shows the site and follows edits.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const docs = join(root, 'docs')

const millrace = join(root, 'dist/src/cli/main.js')

const run = (args, cwd = root) => {
  const { status } = spawnSync(process.execPath, args, { cwd, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}
/** The program of a package that the site is made with. */
const program = async (name, file) => {
  const { createRequire } = await import('node:module')
  return join(dirname(createRequire(join(docs, 'package.json')).resolve(`${name}/package.json`)), file)
}

run([join(root, 'scripts/build.js')])

/** A page for each door of the package: `millrace`, `millrace/amqp`, … */
async function reference() {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const folder = join(docs, 'reference')
  rmSync(folder, { recursive: true, force: true })
  const doors = Object.entries(exports).flatMap(([door, target]) =>
    target.types ? [{ name: join('millrace', door), source: target.types.replace('./dist/', './').replace('.d.ts', '.ts') }] : [],
  )
  const typedoc = await program('typedoc', 'bin/typedoc')
  for (const { name, source } of doors) {
    const out = join(folder, name.replaceAll('/', '-'))
    run(
      [
        typedoc,
        ...['--plugin', 'typedoc-plugin-markdown', '--entryPoints', join(root, source), '--tsconfig', join(root, 'tsconfig.build.json')],
        ...['--out', out, '--name', name, '--readme', 'none', '--excludeExternals', '--disableSources', '--skipErrorChecking'],
        ...['--outputFileStrategy', 'modules', '--entryFileName', 'index', '--hidePageHeader', '--hideBreadcrumbs', '--logLevel', 'Error'],
        ...[
          '--parametersFormat',
          'table',
          '--interfacePropertiesFormat',
          'table',
          '--expandObjects',
          '--useCodeBlocks',
          '--groupOrder',
          'Functions',
          '--groupOrder',
          '*',
        ],
      ],
      docs,
    )
  }
  const lines = doors.map(({ name }) => `- [\`${name}\`](./${name.replaceAll('/', '-')}/index.md)`)
  writeFileSync(
    join(folder, 'index.md'),
    `# Reference\n\nWhat a job file, its tests and connectors may import.\n\n${lines.join('\n')}\n\nThe [command line](./command-line.md) and the [errors](../errors.md) have pages of their own; the HTTP API describes itself at \`/openapi.json\`.\n`,
  )
}

/** What `--help` says of a command and of those below it, as they are listed there. */
function helpOf(command) {
  const { stdout } = spawnSync(process.execPath, [millrace, ...command, '--help'], {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  })
  const [, listed = ''] = stdout.split(/^Commands:\n/m)
  const below = [...listed.matchAll(/^ {2}(\S+)/gm)].map(([, name]) => name).filter(name => name !== 'help')
  return [{ name: ['millrace', ...command].join(' '), text: stdout.trim() }, ...below.flatMap(name => helpOf([...command, name]))]
}

/** A page of all commands, from their own help. */
function commandLine() {
  const commands = helpOf([]).map(({ name, text }) => `## ${name}\n\n\`\`\`text\n${text}\n\`\`\`\n`)
  const head = 'What `--help` says of each command. Results go to stdout, all else to stderr.'
  writeFileSync(
    join(docs, 'reference', 'command-line.md'),
    `---\npageClass: terminal\n---\n\n# Command line\n\n${head}\n\n${commands.join('\n')}`,
  )
}

await reference()
commandLine()
run([join(root, 'scripts/errors-doc.js')])
const shown = join(docs, 'public')
rmSync(shown, { recursive: true, force: true })
mkdirSync(shown, { recursive: true })
cpSync(join(docs, 'page.png'), join(shown, 'page.png'))
cpSync(join(root, 'dashboards/app/favicon.svg'), join(shown, 'favicon.svg'))
run([join(root, 'scripts/draw.js'), '--check'])
const vitepress = await program('vitepress', 'bin/vitepress.js')
run([vitepress, process.argv.includes('--serve') ? 'dev' : 'build', docs])
