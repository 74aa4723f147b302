import { isCancel, select, text } from '@clack/prompts'
import { type ProjectSource, projectSources } from './init-files.js'
import { isProjectName } from './init-name.js'

export interface InitAnswers {
  readonly name: string
  readonly source: ProjectSource
}

const labels: Readonly<Record<ProjectSource, string>> = {
  file: 'a CSV file (sample data comes with it)',
  amqp: 'AMQP 1.0: queues and topics',
  mqtt: 'MQTT',
}

/** Questions are no data: stdout may be a file. */
const output = process.stderr

/** Asks at the terminal for what was not given; undefined where the person left. */
export async function askForProject(given: Partial<InitAnswers>, standard: InitAnswers): Promise<InitAnswers | undefined> {
  const name =
    given.name ??
    (await text({
      output,
      message: 'What is the job called?',
      initialValue: standard.name,
      validate: value => (isProjectName(value ?? '') ? undefined : 'lower-case letters, digits and hyphens'),
    }))
  if (isCancel(name)) return undefined
  const source =
    given.source ??
    (await select<ProjectSource>({
      output,
      message: 'Where do its readings come from?',
      options: projectSources.map(value => ({ value, label: labels[value] })),
      initialValue: standard.source,
    }))
  if (isCancel(source)) return undefined
  return { name, source }
}
