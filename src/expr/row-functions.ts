/** What the generated loops call for one row, where plain JavaScript operators do not suffice. */

/** The remainder with the divisor's sign (floored division); the divisor is not zero. Never −0. */
export function floorMod(a: number, b: number): number {
  const rest = a % b
  return (rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest) + 0
}

/** Half away from zero: scaled by 10^digits in double arithmetic. Values without digits to lose stay as they are. */
export function roundHalfAway(value: number, scale: number): number {
  const scaled = Math.abs(value) * scale
  if (!(scaled < 4_503_599_627_370_496)) return value
  // Math.round halves upwards, which on a magnitude is away from zero.
  const rounded = Math.round(scaled) / scale
  return value < 0 ? 0 - rounded : rounded
}
