// Entry of the image. Millrace serves on loopback, as everywhere, and in a container that is the container's own: what comes
// in at the port that is published (PORT) is passed on to the one of `--http`. Then the command runs as it does elsewhere.
import { connect, createServer } from 'node:net'

const outside = Number(process.env.PORT ?? 8000)
const asked = process.argv[process.argv.indexOf('--http') + 1] ?? ''
const inside = Number(/:(\d+)$/.exec(asked)?.[1] ?? 8080)

const server = createServer(client => {
  const page = connect(inside, '127.0.0.1')
  for (const [one, other] of [
    [client, page],
    [page, client],
  ]) {
    one.on('error', () => undefined)
    one.on('close', () => other.destroy())
    one.pipe(other)
  }
})
server.maxConnections = 1_000
server.on('error', error => process.stderr.write(`port ${outside} of the container: ${error.message}\n`))
server.listen(outside, '0.0.0.0').unref()

await import('../dist/src/cli/main.js')
