import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../cli/command.js'

/** The pages of the repository, as GitHub and an editor show them. */
const pages = ['.', 'docs', 'docs/concepts', 'docs/decisions', 'docs/guides'].flatMap(folder =>
  readdirSync(join(root, folder))
    .filter(name => name.endsWith('.md'))
    .map(name => join(folder, name)),
)

/** Without code, in which brackets and parentheses mean something else. */
const proseOf = (page: string): string =>
  readFileSync(join(root, page), 'utf8')
    .replace(/^(```+)[\s\S]*?^\1$/gm, '')
    .replace(/(`+)[^`]*?\1/g, code => code.replaceAll(/[[\]()]/g, '_'))

/** The anchors of a page by GitHub's rule, which is that of the built site for all that our headings hold. */
const anchorsOf = (page: string): readonly string[] =>
  [...readFileSync(page, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-'),
  )

it.each(pages)('every link and picture of %s leads somewhere', page => {
  for (const [, link] of proseOf(page).matchAll(/\]\(<?([^)\s>]+)>?\)/g)) {
    if (/^https?:/.test(link!)) continue
    // A path from the site's root is none on GitHub.
    expect(link, page).not.toMatch(/^\//)
    const [path = '', anchor] = link!.split('#')
    const file = path === '' ? join(root, page) : join(root, dirname(page), path)
    expect(existsSync(file), `${page}: ${link}`).toBe(true)
    if (anchor !== undefined) expect(anchorsOf(file), `${page}: ${link}`).toContain(anchor)
  }
})

it('looks at them all', () => expect(pages.length).toBeGreaterThan(30))

it('the list of decisions names each', () => {
  const folder = join(root, 'docs/decisions')
  const listed = [...readFileSync(join(folder, 'index.md'), 'utf8').matchAll(/^- \[\d+\]\((.+)\)/gm)].map(([, file]) => file)
  expect(listed).toEqual(
    readdirSync(folder)
      .filter(file => file !== 'index.md')
      .sort(),
  )
})
