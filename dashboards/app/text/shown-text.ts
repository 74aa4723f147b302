/** Marks that set the order of the signs behind them, on to the end of the line (Unicode Bidirectional Algorithm, UAX #9, section 2). */
const reordering = /[\u202A-\u202E\u2066-\u2069]/g

/**
 * A text as the page shows it: marks that would turn figures beside it around, or let one name look like another, are seen as such.
 * Arabic and Hebrew need none of them.
 *
 * @example
 * shownText('room \u202Epump · celsius 31') // 'room �pump · celsius 31', which a browser would end with 13
 */
export const shownText = (text: string): string => text.replace(reordering, '\uFFFD')
