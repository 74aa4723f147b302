/** The remedy where a folder is named instead of a file. */
export const ofFolder = 'Name a file in it, or several by a pattern such as readings/*.csv.'
