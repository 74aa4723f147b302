import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'vitepress'

const docs = join(import.meta.dirname, '..')
const base = process.env['DOCS_BASE'] ?? '/'
const titleOf = (file: string): string => /^# (.+)$/m.exec(readFileSync(file, 'utf8'))?.[1]?.replaceAll('`', '') ?? file

/** The pages of a folder, by name, each called by its own first heading. */
const pagesOf = (folder: string): { text: string; link: string }[] =>
  !existsSync(join(docs, folder))
    ? []
    : readdirSync(join(docs, folder))
        .filter(file => file.endsWith('.md') && file !== 'index.md')
        .sort()
        .map(file => ({ text: titleOf(join(docs, folder, file)), link: `/${folder}/${file.slice(0, -3)}` }))

export default defineConfig({
  title: 'Millrace',
  description: 'Streaming analytics for sensor data, in TypeScript.',
  base,
  srcExclude: ['node_modules/**', 'package.json'],
  lastUpdated: false,
  head: [
    ['link', { rel: 'icon', href: `${base}favicon.svg`, type: 'image/svg+xml' }],
    // The theme's own colours of these are too pale to be read.
    ['style', {}, 'html:root { --vp-code-lang-color: var(--vp-c-text-1) } html:not(.dark) { --vp-button-brand-bg: var(--vp-c-brand-1) }'],
    // Eighty columns fit the width of a page.
    ['style', {}, '.terminal { --vp-code-font-size: 12px }'],
  ],
  markdown: {
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    config: md => {
      // Files beside the docs are part of the repository, not of the site: their names stay, the links go.
      md.core.ruler.push('outside', state => {
        for (const { children } of state.tokens) {
          let outside = false
          for (const token of children ?? []) {
            if (token.type === 'link_open') {
              outside =
                /^(\.\.\/)+(src|test|bench|jobs|examples|connectors|scripts|NOTICE|README|CONTRIBUTING|CHANGELOG|docker-compose)/.test(
                  token.attrGet('href') ?? '',
                )
              if (!outside) continue
              token.type = 'text'
              token.tag = ''
              token.attrs = null
              token.nesting = 0
            } else if (token.type === 'link_close' && outside) {
              outside = false
              token.type = 'text'
              token.tag = ''
              token.nesting = 0
            }
          }
        }
      })
    },
  },
  themeConfig: {
    outline: [2, 3],
    search: { provider: 'local' },
    nav: [
      { text: 'Tutorial', link: '/tutorial' },
      { text: 'Concepts', link: '/concepts/watermarks' },
      { text: 'Guides', link: pagesOf('guides')[0]?.link ?? '/' },
      { text: 'Reference', link: '/reference/' },
    ],
    sidebar: [
      {
        text: 'Start',
        items: [
          { text: 'What Millrace is', link: '/' },
          ...(existsSync(join(docs, 'tutorial.md')) ? [{ text: 'Tutorial', link: '/tutorial' }] : []),
        ],
      },
      { text: 'Concepts', items: pagesOf('concepts') },
      { text: 'Guides', items: pagesOf('guides') },
      {
        text: 'Reference',
        items: [
          { text: 'For job files', link: '/reference/' },
          { text: 'Command line', link: '/reference/command-line' },
          { text: 'Errors', link: '/errors' },
          { text: 'Benchmarks', link: '/benchmarks' },
        ],
      },
      {
        text: 'Inside',
        collapsed: true,
        items: [
          { text: 'Architecture', link: '/architecture' },
          { text: 'Journal format', link: '/journal-format' },
          { text: 'Snapshot format', link: '/snapshot-format' },
          { text: 'Node format', link: '/node-format' },
          { text: 'Decisions', link: '/decisions/' },
          ...pagesOf('decisions'),
        ],
      },
    ],
  },
})
