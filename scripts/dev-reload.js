// `node scripts/dev-reload.js [SAVES]`: how long `millrace dev` of the built Millrace takes from a save of the job to the
// job that runs on with its state, as somebody at the terminal sees it: the watcher's quiet time, loading, the stop of the
// former text and the start of the next one.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const main = join(dirname(dirname(fileURLToPath(import.meta.url))), 'dist', 'src', 'cli', 'main.js')
const saves = Number(process.argv[2] ?? 20)
const folder = join(mkdtempSync(join(tmpdir(), 'millrace-reload-')), 'plant')
const env = { ...process.env, NO_COLOR: '1' }
spawnSync(process.execPath, [main, 'init', folder], { env })
const file = join(folder, 'plant.job.ts')
const text = readFileSync(file, 'utf8')
const dev = spawn(process.execPath, [main, 'dev', 'plant.job.ts', '--http', '127.0.0.1:0', '--no-types'], { cwd: folder, env })
let said = ''
let heard = () => undefined
dev.stderr.on('data', bytes => {
  said += bytes
  heard()
})
const until = done =>
  new Promise(resolve => {
    heard = () => done() && resolve()
    heard()
  })

await until(() => said.includes('watching'))
const times = []
for (let save = 1; save <= saves; save++) {
  const began = performance.now()
  writeFileSync(file, text.replace('between(-40', `between(${-40 - save}`))
  await until(() => said.split('reloaded in').length === save + 1)
  times.push(performance.now() - began)
}
dev.kill('SIGTERM')
await new Promise(resolve => dev.once('close', resolve))
rmSync(dirname(folder), { recursive: true, force: true })
times.sort((a, b) => a - b)
const at = share => Math.round(times[Math.min(times.length - 1, Math.floor(times.length * share))])
process.stdout.write(`${saves} saves: from save to the job that runs on, ms: median ${at(0.5)}, 90 % ${at(0.9)}, most ${at(1)}\n`)
