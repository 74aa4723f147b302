import type { Decoded } from '../../codecs/decoder.js'
import { Batch } from '../../model/batch.js'
import type { Clock } from '../../model/clock.js'

const noTimes = new Float64Array(0)

/** A batch that carries time alone. */
export function timeBatch(origin: number, clock: Clock, watermark: number): Batch {
  return new Batch({ length: 0, columns: {}, times: noTimes, origin, watermark, clock })
}

/**
 * The rows of a decoded chunk, all with the time of their arrival: until `eventTime` says otherwise, arrival is the
 * event time, and the watermark just below it lets a row of this very moment be in time.
 */
export function arrivalBatch(decoded: Decoded, origin: number, clock: Clock): Batch {
  return new Batch({
    length: decoded.length,
    columns: decoded.columns,
    times: new Float64Array(decoded.length).fill(clock.wall),
    origin,
    watermark: clock.wall - 1,
    clock,
    messages: decoded.messages,
  })
}
