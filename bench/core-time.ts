import { readFileSync } from 'node:fs'

/** Ms for which the main thread of a process has run, and has been ready to run and waited for a core. */
export interface CoreTime {
  readonly ran: number
  readonly waited: number
}

/** Undefined where the system does not tell. */
export function coreTime(pid: number): CoreTime | undefined {
  try {
    const [ran, waited] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ').map(Number)
    return { ran: ran! / 1e6, waited: waited! / 1e6 }
  } catch {
    return undefined
  }
}
