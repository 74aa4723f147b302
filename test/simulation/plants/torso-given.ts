import { takeTransfers } from '../../../src/amqp/take-transfers.js'
import type { Plant } from '../plant.js'

interface Session {
  on_transfer(frame: { readonly performative: { readonly aborted: boolean }; readonly payload?: Buffer }): void
}

/** As rhea does it: what had come of a delivery before its sender gave it up is handed out. */
export const torsoGiven: Plant = {
  name: 'torso-given',
  what: 'the torso of an aborted delivery is taken for a message',
  takeTransfers(receiver, maxMessageBytes, handler) {
    takeTransfers(receiver, maxMessageBytes, handler)
    const session = receiver.session as unknown as Session
    const take = session.on_transfer
    session.on_transfer = frame => take(frame.performative.aborted ? { performative: { ...frame.performative, aborted: false } } : frame)
  },
}
