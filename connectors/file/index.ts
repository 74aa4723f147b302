export { type OpenFile, openFile } from './open-file.js'
