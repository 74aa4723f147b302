import { amqpErrors } from './amqp.js'
import { brokerErrors } from './broker.js'
import { cliErrors } from './cli.js'
import { dashboardErrors } from './dashboards.js'
import { dataErrors } from './data.js'
import type { ErrorEntry } from './entry.js'
import { fileErrors } from './files.js'
import { httpErrors } from './http.js'
import { httpSinkErrors } from './http-sink.js'
import { insightErrors } from './insight.js'
import { jobErrors } from './job.js'
import { journalErrors } from './journal.js'
import { mqttErrors } from './mqtt.js'
import { operatorErrors } from './operators.js'
import { replayErrors } from './replay.js'
import { runtimeErrors } from './runtime.js'
import { snapshotErrors } from './snapshots.js'
import { testingErrors } from './testing.js'

/** Every error that Millrace can show, by code. Codes are never reused. */
export const catalogue = {
  ...jobErrors,
  ...testingErrors,
  ...operatorErrors,
  ...dataErrors,
  ...amqpErrors,
  ...mqttErrors,
  ...fileErrors,
  ...httpSinkErrors,
  ...runtimeErrors,
  ...journalErrors,
  ...snapshotErrors,
  ...replayErrors,
  ...insightErrors,
  ...httpErrors,
  ...dashboardErrors,
  ...cliErrors,
  ...brokerErrors,
} as const

/** The code of an error of the catalogue, such as `MR101`. */
export type ErrorCode = keyof typeof catalogue

/** The page of one code, or undefined when there is no such code. */
export const explainCode = (code: string): ErrorEntry | undefined => (catalogue as Readonly<Record<string, ErrorEntry>>)[code]
