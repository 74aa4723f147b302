const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

/** Whether the space bar already means something where the focus is. */
const usesSpace = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('button, summary, a, [role=button]') !== null

/**
 * Hears single keys of the whole page: not while somebody types, not with Ctrl, Alt or Meta, and not the space bar on
 * what it would press. `does` returns whether it knew the key.
 */
export const hearKeys = (does: (key: string) => boolean): void => {
  document.addEventListener('keydown', event => {
    if (event.defaultPrevented || event.repeat || event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return
    if (event.key === ' ' && usesSpace(event.target)) return
    if (does(event.key)) event.preventDefault()
  })
}
