/**
 * A process of its own: runs the job of a file as `millrace run` does, and kills itself, as `kill -9` would, when it
 * comes to a crash point for the n-th time. Arguments: job file, data folder, crash point, n. Snapshots and segments are
 * small, so that each crash point comes often.
 */
import { terminalLog } from '../../src/cli/terminal-log.js'
import type { CrashPoint } from '../../src/model/crash-point.js'
import { loadJob } from '../../src/runtime/load/load-job.js'
import { systemTime } from '../../src/runtime/seams/system-time.js'
import { startJobs } from '../../src/runtime/start-jobs.js'

const [file, dataDir, fatal, times] = process.argv.slice(2)
let left = Number(times)

const { job, code } = await loadJob(file!)
const running = await startJobs({
  jobs: [job],
  bundles: new Map([[job.id, code]]),
  log: terminalLog({ json: false, quiet: false }),
  env: process.env,
  realTime: systemTime,
  dataDir: dataDir!,
  tuning: { snapshotCostMs: 200, segmentBytes: 2 ** 20, retentionBytes: 4 * 2 ** 20 },
  reached: (point: CrashPoint) => {
    if (point === 'recovered') process.send?.('recovered')
    if (point === fatal && --left === 0) process.kill(process.pid, 'SIGKILL')
  },
})
process.once('SIGTERM', () => void running.stop())
for (const { error } of await running.done) if (error) process.stderr.write(`${error.code} ${error.message}\n`)
process.disconnect?.()
