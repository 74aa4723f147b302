/** Where in the log something lies that is still needed. */
export class Place {
  /** Number of the record. */
  record: number
  older: Place | undefined
  newer: Place | undefined

  constructor(record: number) {
    this.record = record
  }
}

/** All places that are still needed, by record: the oldest one bounds what the log may remove. */
export class Places {
  oldest: Place | undefined
  #newest: Place | undefined

  /** Its record is newer than all others. */
  append(place: Place): void {
    place.older = this.#newest
    place.newer = undefined
    if (this.#newest) this.#newest.newer = place
    else this.oldest = place
    this.#newest = place
  }

  remove(place: Place): void {
    if (place.older) place.older.newer = place.newer
    else this.oldest = place.newer
    if (place.newer) place.newer.older = place.older
    else this.#newest = place.older
    place.older = undefined
    place.newer = undefined
  }

  /** `place` leaves where it was, and takes the stead of `moved`. */
  replace(place: Place, moved: Place): void {
    this.remove(place)
    place.record = moved.record
    place.older = moved.older
    place.newer = moved.newer
    if (place.older) place.older.newer = place
    else this.oldest = place
    if (place.newer) place.newer.older = place
    else this.#newest = place
  }
}
