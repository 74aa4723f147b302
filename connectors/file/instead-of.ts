/** The remedy where a folder, or what cannot be read twice, is named instead of a file. */
export const insteadOf = (other: string): string =>
  other === 'a folder'
    ? 'Name a file in it, or several by a pattern such as readings/*.csv.'
    : 'It could not be read again after a crash: let what it gives be written to a file, and name that, with `follow: true`.'
