import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, it } from 'vitest'
import { root, started } from '../cli/command.js'

const concepts = join(root, 'docs', 'concepts')
/** Made of data time: the same wherever they are drawn. */
const steady = ['watermark', 'late', 'panes']

it('the drawings of the concepts show what Millrace computes today', async () => {
  const { code, stderr } = await started([process.execPath, 'scripts/draw.js', '--check', ...steady]).done
  expect(code, stderr).toBe(0)
})

it('names a drawing that there is none of', async () => {
  const { code, stderr } = await started([process.execPath, 'scripts/draw.js', '--check', 'watermrk']).done
  expect(code).toBe(2)
  expect(stderr).toContain('no drawing watermrk; there are watermark, late, panes, exactly-once')
})

it('each drawing is shown by a page, and each that a page shows is there', () => {
  const pages = readdirSync(concepts).filter(name => name.endsWith('.md'))
  const shown = pages.flatMap(page =>
    [...readFileSync(join(concepts, page), 'utf8').matchAll(/!\[[^\]]+\]\(([^)]+\.svg)\)/g)].map(([, path]) =>
      relative(concepts, join(concepts, dirname(page), path!)).replaceAll('\\', '/'),
    ),
  )
  expect(shown.sort()).toEqual(
    readdirSync(join(concepts, 'drawings'))
      .map(name => `drawings/${name}`)
      .sort(),
  )
})
