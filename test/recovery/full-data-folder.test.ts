import { execFileSync } from 'node:child_process'
import { appendFile, mkdtemp, readFile, rm, rmdir, statfs, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { JobSummary } from '../../src/model/api.js'
import { disposals } from '../interop/disposals.js'
import { until } from '../support/until.js'
import { CrashRig } from './crash-rig.js'
import { JobLife } from './job-life.js'

const opened = disposals()
const megabytes = 8
/** Reports of the sender, ten a second, over which nothing may come of what it sends. */
const still = 20

/** A file system of 8 MB in memory; undefined where this machine lets nobody mount one. */
async function smallFolder(): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-small-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'pipe' })
  } catch {
    await rmdir(folder)
    return undefined
  }
  opened(folder, async () => {
    execFileSync('umount', ['-l', folder])
    await rmdir(folder)
  })
  return folder
}

/** Takes what room there is, though the job takes some at the same time. */
async function fill(folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  if (bavail > 0)
    await appendFile(join(folder, 'ballast'), Buffer.alloc(bavail * bsize)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOSPC') throw error
    })
}

/** Waits for so many reports of the sender, each without credit and with as many messages accepted as the one before. */
async function standsStill({ sender }: CrashRig, folder: string): Promise<void> {
  let [last, since] = [sender.report, 0]
  await until('the sender to stand still without credit', async () => {
    // A snapshot that was under way frees some room when it takes the place of the one before.
    await fill(folder)
    if (sender.report === last) return false
    since = sender.report.credit === 0 && sender.report.accepted === last.accepted ? since + 1 : 0
    last = sender.report
    return since >= still
  })
}

const isFull = (text: string): boolean => /ENOSPC|no space/i.test(text)

describe('a data folder that is full', () => {
  test('stops the credit, says why, and goes on by itself when there is room again; nothing is lost', async context => {
    const folder = await smallFolder()
    if (folder === undefined) return context.skip('this machine mounts no tmpfs for us')
    const dataDir = join(folder, 'data')
    // A direct link: a message is accepted when it is durable here, and not before.
    const rig = opened(await CrashRig.open({ seed: 61, peer: 'node', rate: 2_000, direct: true, dataDir }), it => it.close())
    const life = opened(JobLife.command(rig.life()), it => it.kill())
    await rig.moreMessages(5_000)
    const page = (await life.page())!
    const job = async (): Promise<JobSummary> => ((await (await fetch(`${page}/api/v1/jobs`)).json()) as JobSummary[])[0]!
    await fill(folder)
    await until('not ready, and why', async () => {
      const answer = await fetch(`${page}/readyz`)
      return answer.status === 503 && isFull(await answer.text())
    })
    await until('the page says why', async () => (await job()).attention.some(one => isFull(one) && one.includes('wait')))
    // Tries of the journal to write, seen from outside by their effect: none is accepted.
    await standsStill(rig, folder)
    expect((await fetch(`${page}/readyz`)).status).toBe(503)
    await rm(join(folder, 'ballast'))
    await until('ready', async () => (await fetch(`${page}/readyz`)).status === 200)
    await rig.moreMessages(5_000)
    await until('nothing more to say', async () => !(await job()).attention.some(isFull))
    const { findings } = await rig.finish(life)
    expect(findings, life.output).toEqual([])
  }, 180_000)

  test('a start of an edited job recovers once, waits, says why, and goes on by itself when there is room', async context => {
    const folder = await smallFolder()
    if (folder === undefined) return context.skip('this machine mounts no tmpfs for us')
    const dataDir = join(folder, 'data')
    const rig = opened(await CrashRig.open({ seed: 62, peer: 'node', rate: 2_000, direct: true, dataDir }), it => it.close())
    const { job } = rig.life()
    const texts = opened(await mkdtemp(join(tmpdir(), 'millrace-texts-')), it => rm(it, { recursive: true }))
    const edited = join(texts, 'crash.job.ts')
    await writeFile(edited, `${await readFile(job, 'utf8')}\nexport const edited = true\n`)
    const first = opened(JobLife.command(rig.life()), it => it.kill())
    await rig.moreMessages(2_000)
    expect(await first.stop()).toBe(0)
    const ballast = join(folder, 'ballast')
    const { bsize } = await statfs(folder)
    let waited = 0
    // From no page at all to room for all that a start writes but its snapshot.
    for (const [n, pages] of [0, 1, 2, 4].entries()) {
      const { bavail } = await statfs(folder)
      await writeFile(ballast, Buffer.alloc((bavail - pages) * bsize))
      const life = opened(JobLife.command(rig.life(n % 2 === 0 ? { job: edited } : {})), it => it.kill())
      const page = (await life.page())!
      const answer = await until('it waits, or there is room', async () => {
        const ready = await fetch(`${page}/readyz`)
        const text = await ready.text()
        return ready.status === 200 || /ENOSPC|no space/i.test(text) ? ready.status : undefined
      })
      // An attempt or two more.
      let looks = answer === 503 ? 0 : 200
      await until('a while', () => ++looks > 200)
      if (answer === 503) waited++
      await rm(ballast)
      await until(`ready after ${pages} pages`, async () => (await fetch(`${page}/readyz`)).status === 200)
      const said = (what: RegExp): number => life.output.split('\n').filter(line => what.test(line)).length
      expect([said(/recovered from/), said(/ENOSPC|no space/i)], life.output).toEqual([1, answer === 503 ? 1 : 0])
      await rig.moreMessages(500)
      expect(await life.stop(), life.output).toBe(0)
    }
    expect(waited).toBeGreaterThan(1)
    const last = opened(JobLife.command(rig.life()), it => it.kill())
    await rig.moreMessages(2_000)
    const { findings } = await rig.finish(last)
    expect(findings, last.output).toEqual([])
  }, 240_000)
})
