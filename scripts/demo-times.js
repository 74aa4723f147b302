// How long each key of a demo takes to show: `node scripts/demo-times.js [TIMES]`, from the request to the happening that the
// page is told of. The goal is a second; a kill takes as long as a process takes to start. On a machine that does nothing else.
import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const times = Number(process.argv[2] ?? 5)
const main = join(dirname(dirname(fileURLToPath(import.meta.url))), 'dist/src/cli/main.js')
const demo = spawn(process.execPath, [main, 'demo', '--http', '127.0.0.1:0', '--amqp', '127.0.0.1:0'], {
  env: { ...process.env, NO_COLOR: '1' },
  stdio: ['ignore', 'inherit', 'pipe'],
})
const url = await new Promise(resolve => {
  let said = ''
  demo.stderr.on('data', part => {
    said += part
    const page = /page +(http:\S+)/.exec(said)
    if (page) resolve(page[1])
  })
})

/** While a killed process starts again nobody answers. */
const status = () =>
  fetch(`${url}/api/v1/demo`).then(
    answer => answer.json(),
    () => undefined,
  )
const happenings = async () => (await status())?.happenings ?? []

async function shown(action) {
  const known = (await happenings())[0]?.id ?? 0
  const from = performance.now()
  const answer = await fetch(`${url}/api/v1/demo/${action}`, { method: 'POST', headers: { 'millrace-action': '1' } })
  if (!answer.ok) throw new Error(`${action}: ${await answer.text()}`)
  for (;;) {
    if ((await happenings()).some(({ id, kind }) => id > known && kind === action)) return performance.now() - from
    await setTimeout(5)
  }
}

/** Messages that are late or twice need some that came before. */
await setTimeout(5_000)
const taken = {}
for (let n = 0; n < times; n++) {
  for (const action of ['late', 'bad', 'duplicates', 'pause', 'resume', 'unplug', 'plug', 'kill']) {
    taken[action] = [...(taken[action] ?? []), await shown(action)]
  }
}
for (const [action, all] of Object.entries(taken)) {
  const [least, middle, most] = [0, Math.floor((all.length - 1) / 2), all.length - 1].map(i => Math.round(all.toSorted((a, b) => a - b)[i]))
  process.stdout.write(`${action.padEnd(10)} ${String(middle).padStart(6)} ms  (${least} to ${most})\n`)
}
demo.kill('SIGTERM')
