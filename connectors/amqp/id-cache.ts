/** Artemis' own default for `id-cache-size`; it tells only what it is. */
const artemis = { product: 'apache-activemq-artemis', size: 20_000 }

/**
 * How many values of `_AMQ_DUPL_ID` a peer remembers for each address, dropping messages that bring one again; 0: it drops
 * none. By what it says in its open (part 2 §2.7.1): Millrace's node names the number itself, as `duplicate-ids`.
 */
export function idCacheOf(properties: Readonly<Record<string, unknown>> | undefined): number {
  const { product, 'duplicate-ids': said } = properties ?? {}
  if (typeof said === 'number' && Number.isSafeInteger(said) && said > 0) return said
  return product === artemis.product ? artemis.size : 0
}
