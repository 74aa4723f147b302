/** The first seed that found each planted bug, by `npm run simulate -- --plants`. */
export const foundBy: { readonly [plant: string]: number } = {
  'acknowledged-ahead': 214,
  'body-ignored': 1,
}
