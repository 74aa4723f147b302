/**
 * Makes many things one stop of the Tab key: arrow keys go from one to the next, Home and End to the first and last.
 * The pattern of toolbars in the ARIA authoring practices.
 */
export const walkFocus = (host: Element, stops: readonly (HTMLElement | SVGElement)[]): void => {
  const rest = (stop: Element | undefined): void => {
    for (const other of stops) other.setAttribute('tabindex', other === stop ? '0' : '-1')
  }
  const places = new Map<EventTarget | null, number>(stops.map((stop, i) => [stop, i]))
  rest(stops[0])
  host.addEventListener('keydown', event => {
    if (!(event instanceof KeyboardEvent)) return
    const at = places.get(event.target)
    if (at === undefined) return
    const last = stops.length - 1
    const targets: Readonly<Record<string, number>> = {
      ArrowRight: at + 1,
      ArrowDown: at + 1,
      ArrowLeft: at - 1,
      ArrowUp: at - 1,
      Home: 0,
      End: last,
    }
    const target = targets[event.key]
    if (target === undefined) return
    event.preventDefault()
    const stop = stops[Math.max(0, Math.min(last, target))]
    rest(stop)
    stop?.focus()
  })
  host.addEventListener('focusin', event => {
    const at = places.get(event.target)
    if (at !== undefined) rest(stops[at])
  })
}
