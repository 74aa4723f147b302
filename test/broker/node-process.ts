import { startNode } from '../../src/broker/index.js'
import { systemDisk } from '../../src/runtime/seams/system-disk.js'
import { systemRandom } from '../../src/runtime/seams/system-random.js'
import { systemTime } from '../../src/runtime/seams/system-time.js'
import { silentLog } from '../support/silent-log.js'

// A node in a process of its own, to be killed: prints its URL.
const node = await startNode({
  data: { disk: systemDisk, folder: process.argv[2]!, segmentBytes: 256 * 1024 },
  maxDeliveries: -1,
  time: systemTime,
  random: systemRandom,
  log: silentLog,
})
process.stdout.write(`${node.url}\n`)
