import { describe, expect, it } from 'vitest'
import { csvForm, csvOptionsOf, csvParams } from './csv-form.js'

describe('csvForm', () => {
  it.each([
    [{ delimiter: ';;' }, "csv: `delimiter` wants one sign such as ';', '\\t' or '|'"],
    [{ delimiter: '' }, 'csv: `delimiter` wants one sign'],
    [{ delimiter: '"' }, 'csv: `delimiter` wants one sign'],
    [{ delimiter: '\n' }, 'csv: `delimiter` wants one sign'],
    [{ delimiter: '1' }, 'csv: `delimiter` wants one sign'],
    [{ delimiter: '.' }, 'csv: `delimiter` wants one sign'],
    [{ delimiter: '§' }, 'csv: `delimiter` wants one sign'],
    [{ decimal: ';' }, "csv: `decimal` wants '.' or ','"],
    [{ booleans: ['ja'] }, 'csv: `booleans` wants two different words'],
    [{ booleans: ['ja', 'ja'] }, 'csv: `booleans` wants two different words'],
    [{ header: [] }, 'csv: `header` wants the names of the columns'],
    [[], 'csv: `header` wants the names of the columns'],
    [{ delimeter: ';' }, 'csv: there is no option `delimeter`, did you mean `delimiter`?'],
    [';', 'csv: ";" is neither the names of the columns nor options such as { delimiter: \';\' }'],
    [null, 'csv: null is neither the names of the columns nor options'],
    [{ delimiter: 3, decimal: 4 }, 'csv: `delimiter` wants one sign such as'],
  ])('refuses %j', (options, message) => {
    expect(() => csvForm(options as never)).toThrow(
      expect.objectContaining({ code: 'MR302', message: expect.stringContaining(message) as string }),
    )
  })

  it('comes back from the parameters of a decoder, which hold what is not as usual', () => {
    expect(csvParams(csvForm({}))).toEqual({})
    const options = { header: ['a'], delimiter: '\t', decimal: ',', booleans: ['WAHR', 'FALSCH'] } as const
    expect(csvParams(csvForm(options))).toEqual(options)
    expect(csvOptionsOf({ decoder: 'csv', ...csvParams(csvForm(options)) })).toEqual(options)
    expect(csvOptionsOf({ decoder: 'json' })).toBeUndefined()
  })
})
