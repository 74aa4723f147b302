import type { Plant } from '../plant.js'

/** The wall clock of the job begins again at that of the machine, which may have been put back. */
export const wallFalls: Plant = {
  name: 'wall-falls',
  what: 'after a recovery the wall clock of entries falls where that of the machine was put back',
  factories: {
    clock(clock) {
      const resume = clock.resume.bind(clock)
      clock.resume = (_wall, stream, partitions) => resume(0, stream, partitions)
      return clock
    },
  },
}
