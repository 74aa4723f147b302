import { shownText } from '../text/shown-text.js'

type Child = Node | string
type Attributes = Readonly<Record<string, string | number | boolean | undefined>>

const SVG = 'http://www.w3.org/2000/svg'

const shownChild = (child: Child): Child => (typeof child === 'string' ? shownText(child) : child)

const fill = <T extends Element>(node: T, attributes: Attributes, children: readonly Child[]): T => {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue
    node.setAttribute(name, value === true ? '' : String(value))
  }
  node.append(...children.map(shownChild))
  return node
}

/** An HTML element. Texts become text nodes, so whatever the data says stays text. */
export const element = <K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] => fill(document.createElement(tag), attributes, children)

/** An SVG element. */
export const svgElement = <K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[K] => fill(document.createElementNS(SVG, tag), attributes, children)

/** Sets a text only when it differs: unchanged words must not disturb selections or screen readers. */
export const setText = (node: Element, text: string): void => {
  const shown = shownText(text)
  if (node.textContent !== shown) node.textContent = shown
}

/** Sets an attribute only when it differs; undefined removes it. */
export const setAttribute = (node: Element, name: string, value: string | undefined): void => {
  if (value === undefined) node.removeAttribute(name)
  else if (node.getAttribute(name) !== value) node.setAttribute(name, value)
}

/**
 * Replaces the children only when their description differs from the last one. What had the focus and is among them again
 * keeps it: a reader without a mouse must not be thrown out of a list because something was added to it.
 */
export const replaceWhenChanged = (node: HTMLElement | SVGElement, description: string, make: () => readonly Child[]): boolean => {
  if (node.dataset['shown'] === description) return false
  node.dataset['shown'] = description
  const focused = document.activeElement
  node.replaceChildren(...make().map(shownChild))
  if (focused instanceof HTMLElement && focused !== document.activeElement && node.contains(focused)) focused.focus({ preventScroll: true })
  return true
}
