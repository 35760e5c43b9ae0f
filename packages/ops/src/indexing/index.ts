export { putAlongAxis, takeAlongAxis } from './along-axis.ts';
export type { PutOptions } from './along-axis.ts';
export { addIndex, index, setIndex } from './index-functions.ts';
export { maskSelect, nonzero, setMask } from './mask.ts';
export type { IndexArray, IndexEntry, IndexSpec } from './spec.ts';
export { take } from './take.ts';
export type { TakeOptions } from './take.ts';
