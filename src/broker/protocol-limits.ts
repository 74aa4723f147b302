/** Transfers the peer may send before it hears of us again; link credit is the real bound. */
export const INCOMING_WINDOW = 0x7fffffff
export const HANDLE_MAX = 1023
export const CHANNEL_MAX = 255
/** Until the open of a peer must have come, ms, and what it may send before, besides one frame. */
export const HANDSHAKE_MS = 10_000
export const HANDSHAKE_BYTES = 64 * 1024
/** Silence after which a peer is taken for dead, ms; half of it is advertised, part 2 §2.4.5. */
export const IDLE_MS = 60_000
/** How long a closed socket may take to hand over its last frames, ms. */
export const LINGER_MS = 1000
/** Bytes that may wait for a slow peer before its links pause. */
export const OUTPUT_HIGH = 1024 * 1024
/** Bytes that may wait for a peer that does not read; beyond them its own frames wait, too. */
export const OUTPUT_LIMIT = 4 * OUTPUT_HIGH
