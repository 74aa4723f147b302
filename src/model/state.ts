/** What an operator's snapshot may consist of: JSON values, typed arrays, and trees of both. */
export type State =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | Int32Array
  | Uint32Array
  | Float64Array
  | readonly State[]
  | { readonly [key: string]: State }
