import type { TimeSource } from '../../src/model/seams.js'
import { packetType } from './frame-splitter.js'
import type { Gate } from './gate.js'

const ping = Uint8Array.of(packetType.pingreq << 4, 0)

/**
 * Pings at half the keep-alive interval, and gives a peer up that was silent for one and a half ([MQTT-3.1.2-24] has the server do
 * the same). In place of the library's: that one knows neither our clock, nor that messages pass it by, nor that reading may
 * stand still because we asked for it.
 */
export function keepAlive(gate: Gate, intervalMs: number, time: TimeSource, silent: () => void): () => void {
  let quiet = 0
  let cancel = (): void => {}
  const beat = (): void => {
    quiet = gate.wasHeard() || gate.paused ? 0 : quiet + 1
    if (quiet >= 3) silent()
    else {
      gate.write(ping)
      cancel = time.after(intervalMs / 2, beat)
    }
  }
  cancel = time.after(intervalMs / 2, beat)
  return () => cancel()
}
