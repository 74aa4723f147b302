import { element, replaceWhenChanged } from '../dom/element.js'
import { duration, withUnit } from '../text/format.js'
import { shortName } from '../text/short-name.js'

const mostRows = 200
const mostLetters = 60

/** What a device's line says. */
export interface DeviceLine {
  readonly name: string
  readonly value: number
  readonly unit: string | undefined
  /** Ms on the job's clock since its last row. */
  readonly age: number
  readonly state: string
}

/** The devices as a table, in the order of the cards; the first two hundred. */
export class DeviceTable {
  readonly root: HTMLElement

  constructor(title: string) {
    this.root = element('div', {
      class: 'table-view card',
      hidden: true,
      tabindex: 0,
      role: 'region',
      'aria-label': `${title}, as a table`,
    })
  }

  get isShown(): boolean {
    return !this.root.hidden
  }

  /** @param line gives what is known of a key; undefined for one that is gone */
  draw(keys: readonly string[], line: (key: string) => DeviceLine | undefined): void {
    const lines = keys.slice(0, mostRows).flatMap(key => line(key) ?? [])
    const cells = lines.map(({ name, value, unit, age, state }) => [
      name,
      withUnit(value, unit),
      age < 1000 ? 'now' : `${duration(age)} ago`,
      state,
    ])
    const rest = keys.length - lines.length
    replaceWhenChanged(this.root, `${rest}${JSON.stringify(cells)}`, () => {
      const head = ['device', 'value', 'last seen', 'state'].map(word => element('th', { scope: 'col' }, word))
      const rows = cells.map(([name, ...others]) => element('tr', {}, nameCell(name ?? ''), ...others.map(text => element('td', {}, text))))
      const table = element('table', {}, element('thead', {}, element('tr', {}, ...head)), element('tbody', {}, ...rows))
      return [table, rest > 0 ? element('p', { class: 'soft' }, `and ${rest} more, in the same order`) : '']
    })
  }
}

const nameCell = (name: string): HTMLTableCellElement => element('th', { scope: 'row', title: name }, shortName(name, mostLetters))
