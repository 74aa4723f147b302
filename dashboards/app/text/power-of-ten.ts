const raised: Readonly<Record<string, string>> = {
  '-': '⁻',
  ...Object.fromEntries([...'⁰¹²³⁴⁵⁶⁷⁸⁹'].map((sign, digit) => [String(digit), sign])),
}

/**
 * A power of ten as it stands behind a number.
 *
 * @example
 * powerOfTen(-9) // '×10⁻⁹'
 */
export const powerOfTen = (exponent: number): string => `×10${[...String(exponent)].map(sign => raised[sign]).join('')}`
