import type { DemoAction, DemoStatus } from '../model/demo-status.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import type { LiveNotice } from './live-notice.js'

/** A running demo, as the API shows and moves it. */
export interface DemoControl {
  status(): DemoStatus
  /**
   * Does it; resolves when it is done, or, for `kill`, when it is about to be done.
   *
   * @throws MR547 for what cannot be done now.
   */
  act(action: DemoAction): Promise<void>
  /** Calls `changed` after each change of the status, until the function given is called. */
  follow(changed: () => void): () => void
}

/** What a reader may know of a demo: who may only look is offered nothing to do. */
export const demoFor = (status: DemoStatus, readOnly: boolean): DemoStatus => (readOnly ? { ...status, actions: [] } : status)

/** The demo as live readers hear of it. */
export const demoNotice = (control: DemoControl): LiveNotice => ({
  current: readOnly => ({ type: 'demo', demo: demoFor(control.status(), readOnly) }),
  follow: changed => control.follow(changed),
})

/** The action of this name among those that can be done now. @throws MR547 otherwise. */
export function actionNamed(name: string, { actions }: DemoStatus): DemoAction {
  const found = actions.find(({ action }) => action === name)
  if (found) return found.action
  const possible = actions.map(({ action }) => action).join(', ')
  throw new MillraceError('MR547', `'${name.slice(0, 40)}' is nothing that can be done to this demo now`, {
    hint: possible ? `what can be done: ${possible}` : 'wait until the demo runs again',
  })
}
