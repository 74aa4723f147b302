import { crashDrawing, killedRun } from './crash-drawing.js'
import { lateDrawing, paneDrawing, watermarkDrawing } from './event-time-drawings.js'
import { livedRun } from './lived-run.js'

let lived
const readings = () => {
  lived ??= livedRun()
  return lived
}

/** The drawings of the concepts by name, each made from a run that takes place here and now. */
export const drawings = new Map([
  ['watermark', async () => watermarkDrawing(readings())],
  ['late', async () => lateDrawing(readings())],
  ['panes', async () => paneDrawing(readings())],
  ['exactly-once', async () => crashDrawing(await killedRun())],
])

/** Of the clock of this machine: no two runs give the same picture. The others are of data time alone. */
export const measured = new Set(['exactly-once'])
