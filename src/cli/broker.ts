import pc from 'picocolors'
import { type AddressType, startNode } from '../broker/index.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import { systemRandom } from '../runtime/seams/system-random.js'
import { systemTime } from '../runtime/seams/system-time.js'
import { amqpPort, keptWhere } from './embedded-node.js'
import { listenAddress } from './listen-address.js'
import { lockNodeData } from './node-data.js'
import { version } from './package-root.js'
import { onShutdown } from './shutdown.js'
import { terminalLog } from './terminal-log.js'

export interface BrokerOptions {
  readonly listen?: string
  readonly address: readonly string[]
  readonly user: readonly string[]
  /** Where durable messages are kept. */
  readonly data?: string
  readonly json?: boolean
  readonly quiet?: boolean
}

/** `millrace broker`: an AMQP 1.0 node until a signal. Gives the exit code. */
export async function broker(options: BrokerOptions): Promise<number> {
  const log = terminalLog({ json: options.json === true, quiet: options.quiet === true })
  const { host, port } = listenAddress(options.listen, amqpPort)
  const addresses = Object.fromEntries(
    options.address.map(text => pair(text, '--address NAME:TYPE')).map(([name, type]) => [name, { type: type as AddressType }]),
  )
  const users = Object.fromEntries(
    options.user.map(text => pair(text, '--user NAME:VARIABLE')).map(([name, variable]) => [name, password(variable)]),
  )
  // Before the address is told: who reads it may send the signal at once.
  const ended = new Promise<MillraceError | undefined>(resolve => onShutdown(() => resolve(undefined)))
  let fail: (error: MillraceError) => void = () => {}
  const failed = new Promise<MillraceError>(resolve => {
    fail = resolve
  })
  const kept = options.data === undefined ? undefined : await lockNodeData(options.data)
  try {
    const seams = { time: systemTime, random: systemRandom, log }
    const node = await startNode({ host, port, addresses, users, version, ...(kept && { data: kept.data }), onFailure: fail, ...seams })
    if (options.json) process.stdout.write(`${JSON.stringify({ url: node.url })}\n`)
    else
      process.stderr.write(`${pc.dim('AMQP node ')} ${node.url}  ${pc.dim(`${keptWhere(options.data)}; addresses are made on demand`)}\n`)
    const failure = await Promise.race([ended, failed])
    await node.close()
    if (failure) throw failure
    return 0
  } finally {
    await kept?.lock?.release()
  }
}

function pair(text: string, form: string): readonly [string, string] {
  const at = text.lastIndexOf(':')
  if (at < 1 || at === text.length - 1) throw new MillraceError('MR601', `'${text}' is not of the form ${form}`)
  return [text.slice(0, at), text.slice(at + 1)]
}

/** Passwords come from the environment: arguments can be read by every user of the machine. */
function password(variable: string): string {
  const value = process.env[variable]
  if (!value) throw new MillraceError('MR601', `--user names the variable ${variable}, which is not set`)
  return value
}
