import { constant, provablySameShape } from '@cotangent/graph';
import type { Variable } from '@cotangent/graph';
import { abs, add, div, eq, ge, le, mul, ne, neg, reduceSum, sign, sub } from '@cotangent/ops';
import type { NodeRewrite } from '../rewrite.ts';
import { axesOf, isZero, keepsDims, nodeOf, shapedAs } from './facts.ts';
import { rewrite } from './pattern.ts';
import { truth } from './selections.ts';

/**
 * C-2 to C-4, C-6, C-13: what holds for numbers, and not for NaN, for infinities or for 0/0. They run only if the option
 * `assumeFinite` says that there are none.
 */
export function finiteRewrites(): readonly NodeRewrite[] {
  return [...quotients(), ...differences(), timesZero(), zeroOver(), comparisons(), scaledSum()];
}

function quotients(): readonly NodeRewrite[] {
  const rule = { soundness: 'widens-domain', assumesFinite: true } as const;
  return [
    rewrite('over-itself', {
      ...rule,
      forAll: ['x'],
      from: ({ x }) => div(x, x),
      to: ({ x }) => constant(1, { dtype: x.dtype }),
    }),
    rewrite('product-over-factor', {
      ...rule,
      forAll: ['x', 'y'],
      from: ({ x, y }) => div(mul(x, y), x),
      to: ({ y }) => y,
    }),
    rewrite('quotient-times-its-denominator', {
      ...rule,
      forAll: ['x', 'y'],
      from: ({ x, y }) => mul(div(x, y), y),
      to: ({ x }) => x,
    }),
    rewrite('quotient-times-quotient', {
      ...rule,
      forAll: ['x', 'y', 'z'],
      from: ({ x, y, z }) => mul(div(x, y), div(y, z)),
      to: ({ x, z }) => div(x, z),
    }),
    rewrite('over-own-magnitude', {
      ...rule,
      forAll: ['x'],
      from: ({ x }) => div(x, abs(x)),
      to: ({ x }) => sign(x),
    }),
  ];
}

function differences(): readonly NodeRewrite[] {
  const rule = { soundness: 'widens-domain', assumesFinite: true } as const;
  return [
    rewrite('minus-itself', {
      ...rule,
      forAll: ['x'],
      from: ({ x }) => sub(x, x),
      to: ({ x }) => constant(0, { dtype: x.dtype }),
    }),
    rewrite('sum-minus-term', {
      ...rule,
      forAll: ['x', 'y'],
      from: ({ x, y }) => sub(add(x, y), x),
      to: ({ y }) => y,
    }),
    rewrite('difference-plus-term', {
      ...rule,
      forAll: ['x', 'y'],
      from: ({ x, y }) => add(sub(x, y), y),
      to: ({ x }) => x,
    }),
    rewrite('difference-minus-first', {
      ...rule,
      forAll: ['x', 'y'],
      from: ({ x, y }) => sub(sub(x, y), x),
      to: ({ y }) => neg(y),
    }),
  ];
}

/** C-4: x · 0 = 0. */
function timesZero(): NodeRewrite {
  return {
    name: 'times-zero',
    soundness: 'widens-domain',
    assumesFinite: true,
    ops: [mul.op],
    apply: ({ inputs, outputs: [y] }) => (inputs.some(isZero) ? zeroLike(y!) : undefined),
  };
}

/** C-4: 0/x = 0. */
function zeroOver(): NodeRewrite {
  return {
    name: 'zero-over',
    soundness: 'widens-domain',
    assumesFinite: true,
    ops: [div.op],
    apply: ({ inputs: [x], outputs: [y] }) => (isZero(x!) ? zeroLike(y!) : undefined),
  };
}

function zeroLike(y: Variable): readonly Variable[] | undefined {
  const shaped = shapedAs(constant(0, { dtype: y.dtype }), y);
  return shaped && [shaped];
}

/** C-13: x ≥ x and x = x are true, x ≠ x is false. */
function comparisons(): NodeRewrite {
  return {
    name: 'compared-with-itself',
    soundness: 'widens-domain',
    assumesFinite: true,
    ops: [ge.op, le.op, eq.op, ne.op],
    apply: ({ op, inputs: [x, y], outputs: [z] }) =>
      x === y ? truth(op !== ne.op, x!, z!) : undefined,
  };
}

/** P-3: Σ a x = a Σ x for a scalar a, where Σ x does not overflow. */
function scaledSum(): NodeRewrite {
  return {
    name: 'sum-of-scaled',
    soundness: 'widens-domain',
    assumesFinite: true,
    ops: [reduceSum.op],
    apply: (node) => {
      const product = nodeOf(node.inputs[0], mul);
      const i = product?.inputs.findIndex((x) => x.rank === 0) ?? -1;
      if (product === undefined || i < 0) return undefined;
      const x = product.inputs[1 - i]!;
      if (!provablySameShape(x, product.outputs[0]!)) return undefined;
      const total = reduceSum(x, { axes: axesOf(node), keepDims: keepsDims(node) });
      return [mul(product.inputs[i]!, total)];
    },
  };
}
