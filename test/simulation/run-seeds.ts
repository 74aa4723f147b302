import { describeFault } from './faults.js'
import { simulateSeed } from './simulate-seed.js'

const [first = 1, count = 1, verbose] = process.argv.slice(2).map(Number)
for (let seed = first; seed < first + count; seed++) {
  const start = process.hrtime.bigint()
  const result = await simulateSeed(seed)
  const ms = Number(process.hrtime.bigint() - start) / 1e6
  process.stdout.write(
    `seed ${seed} ${result.hash} ${result.events} events, ${result.lives} lives, ${result.elapsed.toFixed(0)} virtual ms, ${ms.toFixed(0)} ms ${result.violation ? `${result.violation.invariant}: ${result.violation.what}` : 'ok'}\n`,
  )
  if (result.violation) for (const fault of result.faults) process.stdout.write(`  ${describeFault(fault)}\n`)
  if (verbose) process.stdout.write(`${result.lines.slice(-verbose).join('\n')}\n`)
}
