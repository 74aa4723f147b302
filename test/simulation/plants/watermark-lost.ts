import { stateNotRestored } from './state-not-restored.js'

/** Watermarks begin again below everything. */
export const watermarkLost = stateNotRestored('watermark-lost', 'the watermarks of a snapshot are not restored', 'eventTime')
