import type { Dictionary } from '../model/dictionary.js'
import { declareField, idName } from './compile-field.js'
import { IdMemo } from './id-memo.js'
import type { Code, KernelSource } from './kernel.js'
import type { ExprNode } from './node.js'
import { textTest } from './text-test.js'

/**
 * A test of a text against constants. On a dictionary column each text is tested once a batch, on slices the bytes are
 * compared without making a string, where the test allows it.
 */
export function compileTextTest(source: KernelSource, node: ExprNode, compile: (source: KernelSource, node: ExprNode) => Code): Code {
  const test = textTest(node)
  const subject = node.args![0]!
  if (subject.op === 'field') {
    const { index, shape, isNull } = declareField(source, subject)
    if (shape === 'd') {
      const memo = source.constant(new IdMemo())
      const check = source.constant((dictionary: Dictionary, id: number) => (test.text(dictionary.text(id)) ? 1 : 0))
      const cells = `cells_${memo}`
      const generation = `generation_${memo}`
      source.before(`const dictionary_${memo} = columns[${index}].dictionary`)
      source.before(`const ${cells} = ${memo}.begin(dictionary_${memo}.size), ${generation} = ${memo}.generation`)
      const id = idName(index)
      const cell = `cell_${memo}`
      source.each(`let ${cell} = 0`)
      source.each(
        `if (${id} >= 0) { ${cell} = ${cells}[${id}]; if (${cell} >> 1 !== ${generation}) { ${cell} = ${generation} << 1 | ${check}(dictionary_${memo}, ${id}); ${cells}[${id}] = ${cell} } }`,
      )
      return { value: source.keep(`${cell} & 1`), isNull }
    }
    if (shape === 's' && test.bytes) {
      const check = source.constant(test.bytes)
      return { value: source.keep(`${isNull} === 0 && ${check}(b${index}, a${index}[i], e${index}[i]) ? 1 : 0`), isNull }
    }
  }
  const { value, isNull } = compile(source, subject)
  const tested =
    node.op === 'eq' || node.op === 'ne'
      ? `${value} ${node.op === 'eq' ? '===' : '!=='} ${source.constant(node.args![1]!.value)}`
      : `${source.constant(test.text)}(${value})`
  return { value: source.keep(`${tested} ? 1 : 0`), isNull }
}
