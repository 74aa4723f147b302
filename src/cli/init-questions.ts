import { isCancel, text } from '@clack/prompts'
import type { ProjectSource } from './init-files.js'
import { isProjectName } from './init-name.js'

export interface InitAnswers {
  readonly name: string
  readonly source: ProjectSource
}

/** Asks at the terminal for what was not given; undefined where the person left. */
export async function askForProject(given: Partial<InitAnswers>, standard: InitAnswers): Promise<InitAnswers | undefined> {
  const name =
    given.name ??
    (await text({
      message: 'What is the job called?',
      initialValue: standard.name,
      validate: value => (isProjectName(value ?? '') ? undefined : 'lower-case letters, digits and hyphens'),
    }))
  if (isCancel(name)) return undefined
  return { name, source: given.source ?? standard.source }
}
