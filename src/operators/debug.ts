import { MillraceError } from '../model/errors/millrace-error.js'
import { type Operator, operator } from './operator.js'
import { expectValue, optionsOf } from './options-of.js'

/**
 * Prints a sample of the rows that pass, every n-th, to stderr.
 *
 * @throws MR159 for an unknown option, or a count that is none.
 * @example
 * readings.pipe(debug('raw', { every: 100 }))
 */
export function debug<T>(label: string, options: { readonly every?: number } = {}): Operator<T, T> {
  const { every = 1 } = optionsOf('debug', options, ['every'])
  expectValue(typeof label === 'string' && label !== '', 'debug', "a label first: debug('raw', { every: 100 })")
  if (!Number.isSafeInteger(every) || every < 1)
    throw new MillraceError('MR159', `debug '${label}': every is ${every}, not a count of rows`)
  return operator('debug', stream =>
    stream.builder.add<T>({
      op: 'debug',
      inputs: [stream],
      params: { label, every },
      columns: stream.columns,
      uses: 'all',
      passes: true,
      window: stream.window,
      logic: () => {
        let seen = 0
        return {
          onBatch(batch, emit) {
            for (let i = (every - (seen % every)) % every; i < batch.length; i += every) {
              stream.builder.hooks.debug(`${label}: ${JSON.stringify(batch.row(i))}`)
            }
            seen += batch.length
            emit(batch)
          },
        }
      },
    }),
  )
}
