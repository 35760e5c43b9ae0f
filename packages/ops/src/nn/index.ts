export { conv } from './conv.ts';
export type { ConvOptions } from './conv.ts';
export { avgPool, maxPool, sumPool } from './pool.ts';
export type { AvgPoolOptions } from './pool.ts';
export type { PoolOptions } from './pool-geometry.ts';
export type { Padding } from './geometry.ts';
export {
  binaryCrossEntropy,
  categoricalCrossEntropy,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  sparseSoftmaxCrossEntropy,
} from './cross-entropy.ts';
export { pickLabel, placeLabel } from './labels.ts';
export { dropout } from './dropout.ts';
export type { DropoutOptions } from './dropout.ts';
