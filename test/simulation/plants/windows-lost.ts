import { stateNotRestored } from './state-not-restored.js'

/** Open windows and their timers are forgotten. */
export const windowsLost = stateNotRestored(
  'windows-lost',
  'open windows, and the timers that would fire them, are not restored',
  'aggregate',
)
