import { createServer, type Server } from '../../src/http/create-server.js'
import { fixtureHost } from '../../src/http/server-fixture.js'
import { systemTime } from '../../src/runtime/seams/system-time.js'
import type { View } from '../../src/views/view.js'
import { silentLog } from '../support/silent-log.js'

/** A real server of one view, on a free port. */
export const climateServer = (view: View): Promise<Server> =>
  createServer({
    host: { ...fixtureHost(systemTime), views: () => [view] },
    bind: { host: '127.0.0.1', port: 0, portNamed: false },
    version: '0.0.0',
    time: systemTime,
    log: silentLog,
  })
