import { exactMoment } from '../text/format.js'
import { windowWords } from '../text/window-words.js'
import type { ChartData } from './chart-data.js'

/**
 * When a point of a chart was, as its row says it: the window from end to end, or the moment of a row without windows.
 *
 * @param time of the point; that of a window is the middle of its last step
 * @param now the job's clock
 */
export const pointWords = (time: number, window: ChartData['window'], now: number): string => {
  if (!window) return exactMoment(time, now)
  const end = time + window.every / 2
  return windowWords(end - window.size, end, now)
}
