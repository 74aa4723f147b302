/** The server of a wide view in a process of its own: tells its address, then what it holds in memory. */
import { climateServer } from './climate-server.js'
import { wideView } from './wide-view.js'

/** Ms between two looks. */
const everyMs = 100
const { gc } = globalThis
if (!gc) throw new Error('start it with --expose-gc')

/** Without what nobody holds any more: that stays in the process for as long as its engine likes. */
const tell = (): void => {
  gc()
  const { heapUsed, external } = process.memoryUsage()
  process.send?.(heapUsed + external)
  setTimeout(tell, everyMs)
}

const server = await climateServer(wideView(Number(process.argv[2])))
process.send?.(server.url)
tell()
