/** `npm run crash -- --kills N [--seed S] [--peer artemis|node] [--rate R] [--up SECONDS]` */
import { parseArgs } from 'node:util'
import type { CrashPeer } from './crash-broker.js'
import { crashTest } from './crash-test.js'

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    seed: { type: 'string' },
    peer: { type: 'string', default: 'artemis' },
    rate: { type: 'string', default: '22000' },
    up: { type: 'string', default: '3' },
  },
})
const say = (line: string): void => void process.stdout.write(`${line}\n`)
const kills = Number(values.kills)
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed)
const rate = Number(values.rate)
const upMs = Math.round(Number(values.up) * 1000)
if (
  !Number.isInteger(kills) ||
  kills < 0 ||
  !Number.isInteger(seed) ||
  !(rate > 0) ||
  !(upMs > 0) ||
  !['artemis', 'node'].includes(values.peer)
) {
  say('usage: npm run crash -- [--kills N] [--seed S] [--peer artemis|node] [--rate messages a second] [--up most seconds of a life]')
  process.exit(2)
}
say(`${kills} kills, seed ${seed}, ${values.peer}`)
const report = await crashTest({ kills, seed, peer: values.peer as CrashPeer, rate, upMs, say })
const { recoveries } = report
const ms = (of: number | undefined): string => (of === undefined ? '–' : `${of.toFixed(0)} ms`)
say(`kills         ${report.kills.atPoints} at crash points, ${report.kills.outside} from outside`)
say(`messages      ${report.messages.toLocaleString('en')}, ${Math.round(report.rate).toLocaleString('en')} a second`)
say(`windows       ${report.windows.toLocaleString('en')}`)
say(`dead letters  ${report.badMessages.toLocaleString('en')}`)
say(`recoveries    ${recoveries.length}: median ${ms(recoveries[recoveries.length >> 1])}, at most ${ms(recoveries.at(-1))}`)
if (report.kills.unhit.length > 0) say(`never killed at ${report.kills.unhit.join(', ')}`)
const findings = [...report.findings]
if (kills >= 100 && report.kills.unhit.length > 0) findings.push('not every crash point was hit')
for (const finding of findings) say(`WRONG  ${finding}`)
if (findings.length > 0) say(`seed ${seed}; the last process said:\n${report.evidence}`)
else say('every identity counted exactly once, no result twice, dead letters byte for byte')
process.exit(findings.length > 0 ? 1 : 0)
