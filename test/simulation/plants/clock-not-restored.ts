import type { Plant } from '../plant.js'

/** The stream clock begins again at 0 after a recovery. */
export const clockNotRestored: Plant = {
  name: 'clock-not-restored',
  what: 'the clocks of the job do not go on from the journal',
  factories: {
    clock(clock) {
      clock.resume = () => undefined
      return clock
    },
  },
}
