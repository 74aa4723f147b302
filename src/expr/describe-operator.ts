import type { OperatorUse } from './find-operator.js'
import { OperatorRewriter } from './rewrite-operators.js'

/** What to do about statements, which no method replaces word by word. */
const statements: Readonly<Record<string, string>> = {
  if: 'choose by row with when(condition).then(value).otherwise(value)',
  while: 'expressions do not loop over values; unroll over the names of fields instead',
  for: 'expressions do not loop over values; unroll over the names of fields instead',
  switch: 'choose by row with when(condition).then(value).otherwise(value)',
}

/** A refused operator in words, and what to write instead where that can be said. `text` is the source that was parsed. */
export function describeOperator(
  { node, operator, onColumn }: OperatorUse,
  text: string,
): { readonly message: string; readonly hint: string | undefined } {
  const better = statements[operator] === undefined ? new OperatorRewriter(text, onColumn).rewrite(node) : undefined
  const hint = statements[operator] ?? (better === undefined ? undefined : `write \`${better}\``)
  return { message: `${operator.startsWith('a ') ? operator : `\`${operator}\``} does not work on columns`, hint }
}
