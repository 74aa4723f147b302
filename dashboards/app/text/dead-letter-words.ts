/** A piece of a reason; code is what stood between backticks. */
export interface Piece {
  readonly text: string
  readonly isCode: boolean
}

/**
 * Splits a reason at its backticks.
 * @example
 * codePieces('`at` is missing') // [{ text: 'at', isCode: true }, { text: ' is missing', isCode: false }]
 */
export const codePieces = (reason: string): readonly Piece[] => {
  const parts = reason.split('`')
  if (parts.length % 2 === 0) return [{ text: reason, isCode: false }]
  return parts.map((text, i) => ({ text, isCode: i % 2 === 1 })).filter(piece => piece.text !== '')
}

/** The readable part of a sample: sections before a JSON body are unprintable bytes, so it begins at the body, and says so with an ellipsis. */
export const readableSample = (sample: string): string => {
  const body = sample.search(/[{[]/)
  return body > 0 && sample.slice(0, body).includes('·') ? `…${sample.slice(body)}` : sample
}
