// Checks the house rules that a formatter cannot: imports point down, one door a library, lines a file, seams of time
// and randomness, no rooms without a name. Reads the imports as the formatter writes them.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rooms, seams } from './rooms.js'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const slashed = path => path.replaceAll('\\', '/')
const roomOf = path => rooms.find(room => path === room.path || path.startsWith(`${room.path}/`))
const problems = []
const say = (file, text) => problems.push(`${file}: ${text}`)

const files = ['src', 'connectors', 'jobs', 'examples', 'dashboards'].flatMap(top =>
  readdirSync(join(root, top), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && /\.ts$/.test(entry.name))
    .map(entry => slashed(join(entry.parentPath, entry.name)).slice(slashed(root).length + 1)),
)

function checkImport(file, room, target) {
  if (target.startsWith('node:')) return
  if (!target.startsWith('.')) {
    const door = target.startsWith('@') ? target.split('/').slice(0, 2).join('/') : target.split('/')[0]
    if (!room.packages.includes(target) && !room.packages.includes(door))
      say(file, `imports the package ${target}, whose door is elsewhere`)
    return
  }
  const path = slashed(normalize(join(dirname(file), target)))
  const other = roomOf(path.replace(/\.js$/, '.ts'))
  if (!other || other === room) {
    const connector = /^connectors\/[^/]+/
    if (room.path === 'connectors' && other === room && connector.exec(path)?.[0] !== connector.exec(file)?.[0])
      say(file, `imports another connector: ${target}`)
    return
  }
  const allowed = room.only
    ? room.only.includes(other.path)
    : rooms.indexOf(other) < rooms.indexOf(room) && !(room.not ?? []).includes(other.path)
  if (!allowed) say(file, `imports ${path}: ${room.path} may not use ${other.path}`)
}

for (const file of files) {
  const text = readFileSync(join(root, file), 'utf8')
  const room = roomOf(file)
  const test = /\.test\.ts$|-fixture\.ts$|\/fixtures\//.test(file)
  if (!room) {
    say(file, 'lies in no room of scripts/rooms.js')
    continue
  }
  if (/\/(utils?|helpers?|common|misc)(\/|\.ts$)/.test(file)) say(file, 'has a name that says nothing')
  if (test) continue
  const lines = text.split('\n').length - 1
  if (lines > room.lines) say(file, `${lines} lines; ${room.path} allows ${room.lines}`)
  for (const [, target] of text.matchAll(/^(?:import|export)\b[^;'"`]*?from '([^']+)'|^import '([^']+)'/gm)) checkImport(file, room, target)
  for (const [, target] of text.matchAll(/\bimport\('([^']+)'\)/g)) checkImport(file, room, target)
  if (seams.includes(file) || file.startsWith('dashboards/')) continue
  const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*|'[^'\n]*'|`[^`]*`/g, '')
  const wild = /\b(Date\.now|Math\.random|performance\.now|setTimeout|setInterval|new Date\(\))/.exec(code)
  if (wild) say(file, `uses ${wild[1]} outside the seams (${seams.join(', ')})`)
}

for (const problem of problems) process.stderr.write(`${problem}\n`)
process.stdout.write(`layers: ${files.length} files, ${problems.length} problems\n`)
process.exit(problems.length === 0 ? 0 : 1)
