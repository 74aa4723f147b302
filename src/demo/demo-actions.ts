import type { DemoAction, DemoStatus } from '../model/demo-status.js'

/** All that can be done to a demo, with the key in the terminal and a few words. */
const actions: readonly DemoStatus['actions'][number][] = [
  { action: 'pause', key: 'space', title: 'pause' },
  { action: 'resume', key: 'space', title: 'go on' },
  { action: 'late', key: 'l', title: 'late burst' },
  { action: 'bad', key: 'b', title: 'bad message' },
  { action: 'duplicates', key: 'd', title: 'duplicates' },
  { action: 'unplug', key: 'u', title: 'unplug the broker' },
  { action: 'plug', key: 'u', title: 'plug the broker in' },
  { action: 'kill', key: 'k', title: 'kill −9 and recover' },
]

/** What a demo is like at the moment. */
export interface DemoState {
  readonly paused: boolean
  readonly unplugged: boolean
  /** The job's process answers. */
  readonly up: boolean
  /** Its windows go by the readings' own times, so that a reading can be late. */
  readonly eventTime: boolean
  /** The broker is the demo's own, to be unplugged. */
  readonly ownBroker: boolean
}

const possible: Readonly<Record<DemoAction, (state: DemoState) => boolean>> = {
  pause: ({ paused }) => !paused,
  resume: ({ paused }) => paused,
  late: ({ up, unplugged, eventTime }) => up && !unplugged && eventTime,
  bad: ({ up, unplugged }) => up && !unplugged,
  duplicates: ({ up, unplugged }) => up && !unplugged,
  unplug: ({ unplugged, ownBroker }) => ownBroker && !unplugged,
  plug: ({ unplugged }) => unplugged,
  kill: ({ up }) => up,
}

/** What can be done now. */
export const possibleActions = (state: DemoState): DemoStatus['actions'] => actions.filter(({ action }) => possible[action](state))

/** The words for an action. */
export const actionTitle = (wanted: DemoAction): string => actions.find(({ action }) => action === wanted)!.title

/** Whether a key does something to a demo at some time, if not now. */
export const isActionKey = (key: string): boolean => actions.some(action => action.key === key)
