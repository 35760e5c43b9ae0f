export { arange, linspace } from './arange.ts';
export { eye, identityMatrix } from './eye.ts';
export type { EyeOptions } from './eye.ts';
export { asTensor, empty, emptyLike, full, fullLike, ones, zeros } from './fill.ts';
export type { CreateOptions } from './fill.ts';
export { oneHot } from './one-hot.ts';
