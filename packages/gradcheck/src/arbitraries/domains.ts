export {
  anyOf,
  awayFrom,
  integerLike,
  mixedScales,
  nonZero,
  open,
  positive,
  real,
  special,
  specialValues,
  unitInterval,
} from './elements.ts';
export type { MarginOptions, RealOptions } from './elements.ts';
export { distinct, indices, lowerTriangular, orthogonal, simplex, spd } from './arrays.ts';
export type { IndicesOptions, SpdOptions } from './arrays.ts';
