/** Credit that an address lends a sender at most; a router's link capacity for addresses without storage. */
export const WINDOW = 1000
export const DIRECT_WINDOW = 250
