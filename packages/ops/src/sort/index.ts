export { argsort, sort } from './sort.ts';
export type { SortOptions } from './sort.ts';
