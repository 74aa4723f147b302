/** Gives sockets, timers and other jobs their turn of the event loop. */
export const yieldTurn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))
