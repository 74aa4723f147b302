import pc from 'picocolors'
import type { Log } from '../model/seams.js'
import { keptWhere } from './embedded-node.js'
import type { LiveProcess } from './live-process.js'

/** Tells where a live process is reached, and what its jobs promise. */
export function announceLive(live: LiveProcess, say: (text: string) => void): void {
  const { node, server, jobs } = live
  if (node) {
    say(`${pc.dim('AMQP node ')} ${node.node.url}  ${pc.dim(keptWhere(node.folder))}`)
    if (node.hint) say(`           ${pc.yellow(node.hint)}`)
  }
  if (server) {
    say(`${pc.dim('page      ')} ${pc.cyan(server.url)}`)
    if (server.fallback) say(`           ${pc.yellow(`port ${server.fallback.taken} is taken; a free one was found`)}`)
  }
  for (const { id, guarantee } of jobs.host.jobs()) say(`${pc.dim('job       ')} ${pc.bold(id)}  ${pc.dim(guarantee.label)}`)
}

/** The same for programs: as lines of the log. */
export function logLive({ node, server, jobs }: LiveProcess, log: Log): void {
  if (node) log.info('AMQP node', { url: node.node.url, kept: keptWhere(node.folder), ...(node.hint && { hint: node.hint }) })
  if (server) log.info('page', { url: server.url, ...(server.fallback && { taken: server.fallback.taken }) })
  for (const { id, guarantee } of jobs.host.jobs()) log.info('job', { job: id, guarantee: guarantee.label })
}
