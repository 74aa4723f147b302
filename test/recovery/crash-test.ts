import type { CrashPeer } from './crash-broker.js'
import { CrashRig, type Verdict } from './crash-rig.js'
import { JobLife } from './job-life.js'
import { type Kill, KillPlan } from './kill-plan.js'

export interface CrashOptions {
  readonly kills: number
  readonly seed: number
  readonly peer: CrashPeer
  /** Messages per second that the sender aims at. */
  readonly rate: number
  /** Ms that a life may go on after its recovery, at most, where it is killed from outside; default 3,000. */
  readonly upMs?: number
  readonly say: (line: string) => void
}

export interface CrashReport extends Verdict {
  readonly kills: { readonly atPoints: number; readonly outside: number; readonly unhit: readonly string[] }
  /** Ms from the start of a process to its recovery, in order of size. */
  readonly recoveries: readonly number[]
  /** What the last life said. */
  readonly evidence: string
}

/** A crash point must come within this time, or the life is killed from outside. */
const pointWithinMs = 15_000
/** A life that is to be killed after its recovery is killed after this time in any case. */
const recoveryWithinMs = 20_000

/** Kills a job under load, again and again, as a seed says, and judges what came out. */
export async function crashTest({ kills, seed, peer, rate, upMs, say }: CrashOptions): Promise<CrashReport> {
  const rig = await CrashRig.open({ seed, peer, rate })
  const plan = new KillPlan(seed, upMs)
  const recoveries: number[] = []
  const tally = { atPoints: 0, outside: 0 }
  let life: JobLife | undefined
  try {
    for (let kill = 0; kill < kills; kill++) {
      const planned = plan.next(kill)
      life =
        planned.how === 'point' ? JobLife.atPoint(rig.scripts.run, rig.life(), planned.point, planned.times) : JobLife.command(rig.life())
      const end = await endOf(life, planned)
      tally[end.atPoint ? 'atPoints' : 'outside']++
      if (planned.how === 'point') plan.came(planned.point, end.atPoint)
      if (life.recoveredMs !== undefined) recoveries.push(life.recoveredMs)
      const recovered = life.recoveredMs === undefined ? 'not recovered' : `recovered in ${life.recoveredMs.toFixed(0)} ms`
      const { accepted } = rig.sender.report
      say(`kill ${kill + 1} of ${kills}: ${end.words}; ${recovered}; ${accepted} accepted, ${rig.results.rows.length} rows`)
      if (life.child.signalCode !== 'SIGKILL') {
        const { exitCode, signalCode } = life.child
        rig.findings.add('a life that ended by itself', `exit ${exitCode}, signal ${signalCode}\n${life.output}`)
        const verdict = { findings: rig.findings.all(), messages: accepted, badMessages: 0, windows: 0, rate: 0 }
        return { ...verdict, kills: { ...tally, unhit: plan.unhit }, recoveries, evidence: `its folder is ${rig.keepData()}` }
      }
    }
    life = JobLife.command(rig.life())
    const verdict = await rig.finish(life)
    if (life.recoveredMs !== undefined) recoveries.push(life.recoveredMs)
    recoveries.sort((a, b) => a - b)
    return {
      ...verdict,
      kills: { ...tally, unhit: plan.unhit },
      recoveries,
      evidence: verdict.findings.length > 0 ? `${life.output}\nits folder is ${rig.keepData()}` : '',
    }
  } finally {
    await life?.kill()
    await rig.close()
  }
}

/** Waits for the end of one life, brings it about where it is due, and says how it came. */
async function endOf(life: JobLife, planned: Kill): Promise<{ readonly atPoint: boolean; readonly words: string }> {
  if (planned.how === 'outside') {
    const { since, afterMs } = planned
    if (since === 'recovery') await life.recoveredWithin(recoveryWithinMs)
    if (!(await life.endsWithin(afterMs))) await life.kill()
    return { atPoint: false, words: `from outside, ${afterMs} ms after its ${since}` }
  }
  const { point, times } = planned
  if (await life.endsWithin(pointWithinMs)) return { atPoint: true, words: `at ${point}, pass ${times}` }
  await life.kill()
  return { atPoint: false, words: `from outside, since ${point} did not come ${times} times in ${pointWithinMs} ms` }
}
