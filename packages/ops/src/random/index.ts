export { bernoulli, normal, uniform } from './distributions.ts';
export type { BernoulliOptions, NormalOptions, UniformOptions } from './distributions.ts';
export { randomBits } from './draw.ts';
export { foldIn, randomKey, splitKey } from './keys.ts';
