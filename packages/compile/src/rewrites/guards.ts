import { isFloat } from '@cotangent/tensor';
import type { Apply, Variable } from '@cotangent/graph';
import { div, mul, neg, where } from '@cotangent/ops';
import type { NodeRewrite } from '../rewrite.ts';
import { isZero, nodeOf } from './facts.ts';

/**
 * S-24: a · where(c, 0, b) = where(c, 0, a · b), where(c, 0, b)/d = where(c, 0, b/d), −where(c, 0, b) = where(c, 0, −b), either
 * branch being 0. Gradients of `where` are then free of 0 · ∞: the derivative of the branch that is not taken is computed
 * and not used. A chain of factors passes one by one.
 */
export function guardRewrites(): readonly NodeRewrite[] {
  return [
    {
      name: 'product-under-where',
      soundness: 'widens-domain',
      ops: [mul.op],
      apply: ({ inputs: [a, b], outputs: [y] }) => {
        if (!isFloat(y!.dtype)) return undefined;
        return underWhere(b!, (x) => mul(a!, x)) ?? underWhere(a!, (x) => mul(x, b!));
      },
    },
    {
      name: 'quotient-under-where',
      soundness: 'widens-domain',
      ops: [div.op],
      apply: ({ inputs: [a, d], outputs: [y] }) =>
        isFloat(y!.dtype) ? underWhere(a!, (x) => div(x, d!)) : undefined,
    },
    {
      name: 'negation-under-where',
      soundness: 'exact',
      ops: [neg.op],
      apply: ({ inputs: [a], outputs: [y] }) =>
        isFloat(y!.dtype) ? underWhere(a!, (x) => neg(x)) : undefined,
    },
  ];
}

/** where(c, 0, f(b)) for a where(c, 0, b), the zero as it is: it may be the one with all the axes. */
function underWhere(
  guarded: Variable,
  f: (branch: Variable) => Variable,
): readonly Variable[] | undefined {
  const node = nodeOf(guarded, where);
  if (node === undefined) return undefined;
  const [c, x, y] = branchesOf(node);
  if (isZero(x)) return [where(c, x, f(y))];
  return isZero(y) ? [where(c, f(x), y)] : undefined;
}

function branchesOf({ inputs }: Apply): readonly [Variable, Variable, Variable] {
  return [inputs[0]!, inputs[1]!, inputs[2]!];
}
