import { openSegmentLog } from '../journal/open-segment-log.js'
import { raiseEpoch } from '../journal/raise-epoch.js'
import type { MillraceError } from '../model/errors/millrace-error.js'
import type { Log, TimeSource } from '../model/seams.js'
import type { NodeData } from './node-data.js'
import { QueueStore } from './queue-store.js'
import { readStore, type StoreContents } from './read-store.js'

const SEGMENT_BYTES = 16 * 1024 * 1024
const BUFFER_BYTES = 8 * 1024 * 1024

export interface OpenStore {
  readonly store: QueueStore
  readonly contents: StoreContents
}

/**
 * Takes a folder over and reads what is in it.
 *
 * @throws MR440–MR445: fenced, damaged, of another format, or not writable.
 */
export const openStore = async (
  data: NodeData,
  seams: { readonly time: TimeSource; readonly log: Log },
  onFailure: (error: MillraceError) => void,
): Promise<OpenStore> => {
  const { disk, folder, segmentBytes = SEGMENT_BYTES, bufferBytes = BUFFER_BYTES } = data
  const { time, log } = seams
  const reached = (): void => {}
  const fence = await raiseEpoch(disk, folder, reached)
  let store: QueueStore | undefined
  const segments = await openSegmentLog({
    disk,
    folder: `${folder}/journal`,
    fence,
    header: { what: 'AMQP node', format: 1 },
    segmentBytes,
    bufferBytes,
    now: () => time.wall(),
    after: (ms, callback) => time.after(ms, callback),
    reached,
    onDurable: () => store?.advance(),
    onFailure(error) {
      store?.fail(error)
      onFailure(error)
    },
    onTorn: torn => log.info('the log of the AMQP node ended with a record that was never accepted; it is gone', torn),
  })
  try {
    const contents = await readStore(segments)
    store = new QueueStore(segments, contents, { segmentBytes, bufferBytes, time, log })
    return { store, contents }
  } catch (error) {
    await segments.close()
    throw error
  }
}
