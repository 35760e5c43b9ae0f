export { diag, diagonal, trace, tril, triu } from './diagonal.ts';
export type { DiagonalOptions } from './diagonal.ts';
export { matmul } from './matmul.ts';
export { dot, outer, tensordot } from './tensordot.ts';
