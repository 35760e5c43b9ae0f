import type { Op } from '@cotangent/graph';
import { bernoulliDraw, bernoulliThrough } from './distributions.ts';
import { normalDraw, randomBits, uniformDraw } from './draw.ts';
import { foldIn, splitKey } from './keys.ts';

/** The records behind random draws. */
export const randomOps = (): readonly { readonly op: Op }[] => [
  bernoulliDraw,
  bernoulliThrough,
  foldIn,
  normalDraw,
  randomBits,
  splitKey,
  uniformDraw,
];
