import { crashDrawing, killedRun } from './crash-drawing.js'
import { lateDrawing, paneDrawing, watermarkDrawing } from './event-time-drawings.js'
import { livedRun } from './lived-run.js'

/** The drawings of the concepts by name, each made from a run that takes place here and now. */
export async function drawings() {
  const run = livedRun()
  return new Map([
    ['watermark', watermarkDrawing(run)],
    ['late', lateDrawing(run)],
    ['panes', paneDrawing(run)],
    ['exactly-once', crashDrawing(await killedRun())],
  ])
}
