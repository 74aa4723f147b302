/** Artemis' own default for `id-cache-size`, and what Millrace's node keeps. */
const standardSize = 20_000

const products: Readonly<Record<string, number>> = { 'apache-activemq-artemis': standardSize, Millrace: standardSize }

/**
 * How many values of `_AMQ_DUPL_ID` a peer remembers for each address, dropping messages that bring one again; 0: it drops
 * none. By the `product` in its open (part 2 §2.7.1); a node of Millrace without a `version` is of a time before it did.
 */
export function idCacheOf(properties: Readonly<Record<string, unknown>> | undefined): number {
  const { product, version } = properties ?? {}
  return typeof product === 'string' && typeof version === 'string' && Object.hasOwn(products, product) ? products[product]! : 0
}
