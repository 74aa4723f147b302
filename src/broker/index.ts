export type { AddressStats, AddressType } from './address.js'
export { type Node, type NodeOptions, startNode } from './node.js'
export type { NodeData } from './node-data.js'
