import { expect, it } from 'vitest'
import { type Duration, durationMs } from './duration.js'

it.each([
  ['10 s', "did you mean '10s'?"],
  ['1min', "did you mean '1m'?"],
  ['2 Hours', "did you mean '2h'?"],
  ['250 millis', "did you mean '250ms'?"],
  ['-10s', 'Write for example `250ms`, `5s`, `1m`, `2h` or `7d`.'],
  ['soon', 'Write for example `250ms`, `5s`, `1m`, `2h` or `7d`.'],
])('%s is told with what is meant, as far as that is known', (text, hint) => {
  expect(() => durationMs(text as Duration)).toThrow(
    expect.objectContaining({ code: 'MR106', message: `'${text}' is not a duration`, hint }),
  )
})
