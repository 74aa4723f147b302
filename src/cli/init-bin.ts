/** A file of `node_modules/.bin`. */
export interface BinFile {
  readonly text: string
  readonly mode: number
}

const main = 'millrace/dist/src/cli/main.js'

/**
 * What `npx millrace` finds in a project, by path: as npm would put it there, for shells of Unix and of Windows.
 */
export function binFiles(): readonly (readonly [string, BinFile])[] {
  // Without an ending Node takes the file for CommonJS.
  const unix = `#!/usr/bin/env node\nimport('../${main}')\n`
  const windows = `@node "%~dp0\\..\\${main.replaceAll('/', '\\')}" %*\r\n`
  return [
    ['node_modules/.bin/millrace', { text: unix, mode: 0o777 }],
    ['node_modules/.bin/millrace.cmd', { text: windows, mode: 0o777 }],
  ]
}
