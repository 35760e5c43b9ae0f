export * as arb from './arb.ts';
export type { ArrayOptions, Layout, PointOptions, ShapeOptions } from './arb.ts';
export type { Domain, ElementDomain, Values } from './domain.ts';
export * as domain from './domains.ts';
export type { IndicesOptions, MarginOptions, RealOptions, SpdOptions } from './domains.ts';
export { checkProperty } from './property.ts';
export type { PropertyOptions, PropertyReport } from './property.ts';
