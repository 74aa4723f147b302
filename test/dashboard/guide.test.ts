import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { mostResolved, resolvedKeptMs } from '../../src/alerts/alert-book.js'
import { pointsKept } from '../../src/alerts/alert-track.js'
import { mostTracks } from '../../src/alerts/track-table.js'
import { knownKeys, mostPanels, mostThresholds, parseDashboard } from '../../src/dashboard/parse-dashboard.js'
import { mostDashboardBytes } from '../../src/dashboard/read-dashboard.js'
import { mostLiveAlerts } from '../../src/http/alert-notice.js'

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const guide = read('docs/guides/dashboards.md')
const conforms = new Ajv2020().compile(JSON.parse(read('dashboards/dashboard.schema.json')) as object)
const examples = [...guide.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(([, text]) => JSON.parse(text!) as object)

describe('the guide to dashboards', () => {
  it('has examples that the parser and the schema take', () => {
    expect(examples).toHaveLength(2)
    for (const example of examples) {
      const definition = 'panels' in example ? example : { title: 'T', panels: [example] }
      expect(conforms(definition), JSON.stringify(conforms.errors)).toBe(true)
      expect(parseDashboard(definition, 'guide').panels.length).toBeGreaterThan(0)
    }
  })

  it('names every key of every panel', () => {
    for (const kind of ['line', 'multiples', 'alerts', 'graph'] as const) {
      const row = guide.split('\n').find(line => line.startsWith(`| \`${kind}\` |`))
      const named = [...(row?.split('|').at(-2) ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name)
      expect(named.sort()).toEqual(knownKeys[kind].filter(key => key !== kind).sort())
    }
  })

  it('tells the bounds that hold', () => {
    expect(guide).toContain(`${mostPanels} panels at most, a line ${mostThresholds} thresholds, a file ${mostDashboardBytes / 1024} KiB`)
    expect(guide).toContain(`The last ${pointsKept} rows of a key`)
    expect(guide).toContain(`for ${resolvedKeptMs / 3_600_000} hours of the job's clock`)
    expect(guide).toContain(`${mostResolved.toLocaleString('en')} that are over at most`)
    expect(guide).toContain(`${mostTracks.toLocaleString('en')} keys under limits`)
    expect(guide).toContain(`the first ${mostLiveAlerts}, and in \`more\``)
  })
})
