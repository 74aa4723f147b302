/** The server of a wide view in a process of its own: tells its address, then what it uses of memory. */
import { climateServer } from './climate-server.js'
import { wideView } from './wide-view.js'

const server = await climateServer(wideView(Number(process.argv[2])))
process.send?.(server.url)
setInterval(() => process.send?.(process.memoryUsage.rss()), 10)
