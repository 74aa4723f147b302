import type { SinkSpec } from '../connector/sink.js'
import { durationMs } from '../model/duration.js'
import { MillraceError } from '../model/errors/millrace-error.js'
import { nearest } from '../model/nearest.js'
import { defaultMaxBytes, greatestMaxBytes, leastMaxBytes, type ViewOptions } from './view-options.js'

const optionNames = ['keep', 'maxBytes']

function checkOptions(id: string, options: ViewOptions): void {
  for (const name of Object.keys(options)) {
    if (optionNames.includes(name)) continue
    const near = nearest(name.slice(0, 64), optionNames)
    throw new MillraceError('MR501', `view('${id}') has no option \`${name}\``, near ? { hint: `did you mean \`${near}\`?` } : {})
  }
  const bytes = options.maxBytes
  if (bytes !== undefined && !(Number.isSafeInteger(bytes) && bytes >= leastMaxBytes && bytes <= greatestMaxBytes)) {
    throw new MillraceError('MR501', `maxBytes of view('${id}') is ${bytes}`)
  }
  if (options.keep !== undefined && durationMs(options.keep) === 0) throw new MillraceError('MR501', `keep of view('${id}') is zero`)
}

/**
 * A live view: the newest row of each key and window, in memory, for the HTTP API and the page. Provisional rows show
 * until a later one replaces them; a row that no longer holds is dropped.
 *
 * The spec is inert: the runtime opens it through its `ViewRegistry`, never through `open`.
 *
 * @param id unique in the job; letters, digits, `-` and `_`, since it is part of a URL.
 * @throws MR501 for an id that does not fit a URL, an unknown option, or a bound out of range; MR106 for a `keep` that is no duration.
 * @example
 * climate.pipe(into(view('climate', { keep: '7d' })))
 */
export function view(id: string, options: ViewOptions = {}): SinkSpec<unknown> {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/.test(id)) throw new MillraceError('MR501', `'${id}' cannot be the id of a view`)
  checkOptions(id, options)
  return {
    id,
    connector: 'view',
    params: {
      keep: options.keep === undefined ? null : durationMs(options.keep),
      maxBytes: options.maxBytes ?? defaultMaxBytes,
    },
    kind: 'view',
    expressions: {},
    usesEmbeddedNode: false,
    open: async () => {
      throw new MillraceError('MR502', `view '${id}' was opened as a sink`)
    },
    check: async () => [],
  }
}
