/** The server of a wide view in a process of its own: tells its address, then what it holds in memory. */
import { climateServer } from './climate-server.js'
import { wideView } from './wide-view.js'

/** Ms between two looks. */
const everyMs = 10
/** Bytes by which it may use more before it is looked at what of that is held: to find out costs as much as many rows. */
const step = 16 * 2 ** 20
const { gc } = globalThis
if (!gc) throw new Error('start it with --expose-gc')

const used = (): number => {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
let held = Number.NEGATIVE_INFINITY

/** Without what nobody holds any more: that stays in the process for as long as its engine likes. */
const look = (): void => {
  if (used() <= held + step) return
  gc()
  held = used()
  process.send?.(held)
}

const server = await climateServer(wideView(Number(process.argv[2])))
process.send?.(server.url)
look()
setInterval(look, everyMs)
