import type { FastifyInstance } from 'fastify'
import { MillraceError } from '../model/errors/millrace-error.js'
import { actionGuard } from './action-guard.js'
import { actionNamed, type DemoControl, demoFor } from './demo-control.js'
import { refuseParameters } from './parameters.js'

/** `GET /demo`, `POST /demo/{action}`: what can be done to a demo, and what was. */
export function demoRoutes(app: FastifyInstance, demo: DemoControl | undefined): void {
  const present = (): DemoControl => {
    if (demo) return demo
    throw new MillraceError('MR510', 'this process is no demo', { hint: 'start one with `millrace demo`' })
  }

  app.get(
    '/demo',
    { schema: { summary: 'What can be done to the demo, and what was done; 404 where the process is no demo' } },
    request => {
      refuseParameters(request.query)
      return demoFor(present().status(), request.readOnly)
    },
  )

  app.post<{ Params: { action: string } }>(
    '/demo/:action',
    { schema: { summary: 'Do something to the demo; needs the header millrace-action: 1' } },
    async request => {
      actionGuard(request)
      refuseParameters(request.query)
      const control = present()
      await control.act(actionNamed(request.params.action, control.status()))
      return control.status()
    },
  )
}
