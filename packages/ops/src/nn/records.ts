import type { Op } from '@cotangent/graph';
import { sigmoidCrossEntropy } from './cross-entropy.ts';
import { pickLabel, placeLabel } from './labels.ts';
import { weigh } from './weigh.ts';

/** The records behind the cross-entropies. */
export const losses = (): readonly { readonly op: Op }[] => [
  pickLabel,
  placeLabel,
  sigmoidCrossEntropy,
  weigh,
];
