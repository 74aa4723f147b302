import { amqp } from '../../connectors/amqp/index.js'
import { connectorContext } from './context.js'
import { feed, startPeer, texts } from './peer.js'

const server = await startPeer()
server.on('sender_open', c => feed(c.sender, ['a', 'b', 'c'], new Map()))
const context = connectorContext()
const reader = await amqp({ address: 'a', decode: { compile() {} } as never, url: server.url }).open(context)
console.log(reader.status())
const t = setTimeout(() => {
  console.log(reader.status(), context.lines, server.errors)
  process.exit()
}, 2000)
const chunk = await reader.next()
console.log(texts(chunk!))
clearTimeout(t)
process.exit()
