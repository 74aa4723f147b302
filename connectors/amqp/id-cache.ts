/** Artemis' own default for `id-cache-size`; it tells only what it is. */
const artemis = { product: 'apache-activemq-artemis', size: 20_000 }

/** What a peer remembers of `_AMQ_DUPL_ID`. */
export interface IdCache {
  /** Values for each address, of which it drops messages that bring one again; 0: it drops none, or cannot be relied on to. */
  readonly size: number
  /** Why it cannot be relied on, where that is not plain. */
  readonly why?: string
}

/**
 * What a peer says of itself in its open (part 2 §2.7.1). Millrace's node names the number, as `duplicate-ids`; where it is
 * not `durable` it forgets its ids with its process, and a result that is sent again to the next one is kept.
 */
export function idCacheOf(properties: Readonly<Record<string, unknown>> | undefined): IdCache {
  const { product, 'duplicate-ids': said, durable } = properties ?? {}
  if (typeof said !== 'number' || !Number.isSafeInteger(said) || said <= 0) return { size: product === artemis.product ? artemis.size : 0 }
  return durable === true ? { size: said } : { size: 0, why: 'its peer keeps ids in memory only, and forgets them when it ends' }
}
