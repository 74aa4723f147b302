import { open, url, waitForDebugger } from 'node:inspector'
import { MillraceError } from '../model/errors/millrace-error.js'
import { listenAddress } from './listen-address.js'

/** Node's own port for debuggers. */
const standardPort = 9229

export interface InspectOptions {
  readonly inspect?: boolean
  /** As `inspect`, and nothing is loaded before a debugger is there. */
  readonly inspectBrk?: boolean
  /** `HOST:PORT`; implies `inspect`. */
  readonly inspectPort?: string
}

/**
 * Lets a debugger in, as `node --inspect` does; one that is in already stays.
 *
 * @throws MR602 for what is no address, MR634 where it cannot listen.
 */
export function openInspector({ inspect, inspectBrk, inspectPort }: InspectOptions): void {
  if (!inspect && !inspectBrk && inspectPort === undefined) return
  const { host, port } = listenAddress(inspectPort, standardPort)
  if (url() === undefined) open(port, host)
  // Node prints the reason itself, and goes on.
  if (url() === undefined) throw new MillraceError('MR634', `a debugger cannot reach ${host}:${port}`)
  if (inspectBrk) waitForDebugger()
}
