export { printExpr } from '../expr/print-expr.js'
