import { isKnownShape } from '@cotangent/graph';
import type { Variable } from '@cotangent/graph';

/** One factor of a sum of products, each axis with its own label. */
export interface Factor {
  readonly value: Variable;
  readonly labels: readonly string[];
}

/**
 * Which two factors to multiply next: the pair with the fewest products of numbers, of these the one with the smallest
 * result, of these the first; the first two if some size is not known.
 */
export function nextPair(
  factors: readonly Factor[],
  output: readonly string[],
): readonly [number, number] {
  if (factors.length === 2 || !factors.every(({ value }) => isKnownShape(value.shape)))
    return [0, 1];
  let best: { readonly pair: readonly [number, number]; readonly cost: Cost } | undefined;
  for (let i = 0; i < factors.length; i++) {
    for (let j = i + 1; j < factors.length; j++) {
      const others = factors.filter((_, k) => k !== i && k !== j);
      const kept = new Set([...output, ...others.flatMap(({ labels }) => labels)]);
      const cost = costOf(factors[i]!, factors[j]!, kept);
      if (best === undefined || isLess(cost, best.cost)) best = { pair: [i, j], cost };
    }
  }
  return best!.pair; // there are three factors or more
}

interface Cost {
  readonly products: number;
  readonly size: number;
}

function costOf(a: Factor, b: Factor, kept: ReadonlySet<string>): Cost {
  const sizes = new Map<string, number>();
  for (const { value, labels } of [a, b])
    labels.forEach((label, axis) => sizes.set(label, value.shape[axis] ?? 1));
  let [products, size] = [1, 1];
  for (const [label, n] of sizes) {
    products *= n;
    if (kept.has(label)) size *= n;
  }
  return { products, size };
}

function isLess(a: Cost, b: Cost): boolean {
  return a.products === b.products ? a.size < b.size : a.products < b.products;
}
