import { expect, test } from 'vitest'
import { recordingLog } from '../../../test/support/recording-log.js'
import type { Job } from '../../job/graph.js'
import { virtualTime } from '../seams/virtual-time.js'
import { tellProgress } from './tell-progress.js'

test('a recovery that takes long says where it is every ten seconds, until it ends', async () => {
  const [real, log] = [virtualTime(0), recordingLog()]
  let entry = 2
  const end = tellProgress({ job: { id: 'slow' } as Job, real, log }, () => entry, 7)
  await real.advance(9_000)
  expect(log.lines).toEqual([])
  await real.advance(2_000)
  entry = 5
  await real.advance(10_000)
  end()
  await real.advance(60_000)
  expect(log.lines.map(({ message, fields }) => [message, fields['job']])).toEqual([
    ['takes in what its journal holds, for 10 s so far: at entry 2 of 7', 'slow'],
    ['takes in what its journal holds, for 20 s so far: at entry 5 of 7', 'slow'],
  ])
})
