import { innerPass } from '../inner-passes.ts';
import { repeated } from '../rewrite.ts';
import type { NodeRewrite, Pass } from '../rewrite.ts';
import {
  foldConstants,
  knownShape,
  mergeEqualPass,
  removeBroadcast,
  removeCast,
  removeTranspose,
  removeView,
} from '../rewrites.ts';
import { canonicalRewrites } from './canonical.ts';
import { finiteRewrites } from './finite.ts';
import { guardRewrites } from './guards.ts';
import { inverseRewrites } from './inverses.ts';
import { linearRewrites, regularRewrites } from './linear.ts';
import { logisticRewrites } from './logistic.ts';
import { normaliserRewrites } from './normalisers.ts';
import { productRewrites } from './products.ts';
import { selectionRewrites } from './selections.ts';
import { settlingPass } from './settle.ts';
import { shapeRewrites } from './shapes.ts';
import { sliceRewrites } from './slices.ts';
import { specialRewrites } from './special.ts';
import { fasterRewrites } from './specialise.ts';

/** Which rewrites are wanted. */
export interface RewriteOptions {
  /**
   * - `'all'` (default): every rewrite below, but for those that assume finite numbers.
   * - `'exact'`: those that leave every value as it is, signs of zeros apart.
   * - `'none'`.
   */
  readonly rewrites?: 'all' | 'exact' | 'none' | undefined;
  /** Those too that take every number to be finite, such as x − x = 0. Default false. */
  readonly assumeFinite?: boolean | undefined;
}

/**
 * The rewrites that `compile` knows, in the order in which they are tried at a node:
 *
 * - *basic*: views, casts, shapes and constants;
 * - *canonical*: equal things in equal forms, so that the next find them;
 * - *stabilising*: no overflow, no cancellation, no 0 · ∞, in gradients too;
 * - *specialising*: the same for less work.
 */
export function standardRewrites(): readonly NodeRewrite[] {
  return [
    removeView,
    removeCast(),
    removeBroadcast(),
    removeTranspose(),
    knownShape(),
    foldConstants(),
    ...canonicalRewrites(),
    ...selectionRewrites(),
    ...shapeRewrites(),
    ...inverseRewrites(),
    ...logisticRewrites(),
    ...normaliserRewrites(),
    ...specialRewrites(),
    ...productRewrites(),
    ...guardRewrites(),
    ...linearRewrites(),
    ...fasterRewrites(),
    ...sliceRewrites(),
    ...finiteRewrites(),
    ...regularRewrites(),
  ];
}

/**
 * The passes that `compile` runs: the {@link standardRewrites} that are wanted to a fixed point, equal nodes merged, and
 * the graphs inside loops and branches treated likewise, until nothing is found.
 *
 * @example runPasses([log(exp(x))], standardPasses()).outputs // [x]
 */
export function standardPasses(options: RewriteOptions = {}): readonly Pass[] {
  const { rewrites = 'all', assumeFinite = false } = options;
  if (rewrites === 'none') return [];
  const wanted = allRewrites().filter(
    ({ soundness, assumesFinite }) =>
      (rewrites === 'all' || soundness === 'exact') && (assumeFinite || assumesFinite !== true),
  );
  const passes: readonly Pass[] = [
    repeated('rewrite', [settlingPass('settle', wanted), mergeEqualPass, innerPass(() => passes)]),
  ];
  return passes;
}

// Patterns are built when they are first wanted, and once.
const allRewrites = /* @__PURE__ */ once(standardRewrites);

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
