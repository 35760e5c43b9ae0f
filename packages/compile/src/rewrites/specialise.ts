import { isFloat } from '@cotangent/tensor';
import { provablySameShape } from '@cotangent/graph';
import {
  div,
  eq,
  max,
  min,
  mul,
  neg,
  pow,
  powInt,
  prod,
  reciprocal,
  reduceSum,
  sqrt,
  square,
  squeeze,
  where,
} from '@cotangent/ops';
import type { Apply, Variable } from '@cotangent/graph';
import type { NodeRewrite } from '../rewrite.ts';
import { axesOf, filledWith, keepsDims, nodeOf, repetitionOf, signOf } from './facts.ts';
import { rewrite } from './pattern.ts';

/** P-1, P-3: the same values for less work. */
export function fasterRewrites(): readonly NodeRewrite[] {
  return [
    specialPowers(),
    rewrite('one-over', {
      forAll: ['x'],
      from: ({ x }) => div(1, x),
      to: ({ x }) => reciprocal(x),
      soundness: 'exact',
    }),
    sumOfNegation(),
    sumOfScaled(),
    sumOfSum(),
    reductionOfUnits(),
    sumOfRepeated(),
  ];
}

/** P-1: powers with an exponent for which there is something faster than the power function. */
function specialPowers(): NodeRewrite {
  return {
    name: 'special-powers',
    soundness: 'rounding',
    ops: [pow.op, powInt.op],
    apply: ({ op, inputs: [x, y], attrs, outputs: [z] }) => {
      const isPow = op === pow.op;
      if (isPow && y!.rank > 0 && !provablySameShape(x!, z!)) return undefined;
      const n = isPow ? filledWith(y!) : 'n' in attrs ? Number(attrs.n) : undefined;
      const power = isFloat(z!.dtype) && n !== undefined ? powerOf(x!, n) : undefined;
      return power && [power];
    },
  };
}

function powerOf(x: Variable, n: number): Variable | undefined {
  switch (n) {
    case 2:
      return square(x);
    case -1:
      return reciprocal(x);
    case -2:
      return reciprocal(square(x));
    case 0.5:
      return rootOf(x);
    case -0.5:
      return reciprocal(rootOf(x));
    default:
      return undefined;
  }
}

/** x^½, which is ∞ and not NaN for −∞. */
function rootOf(x: Variable): Variable {
  return signOf(x) === undefined ? where(eq(x, -Infinity), Infinity, sqrt(x)) : sqrt(x);
}

/** P-3: Σ −x = −Σ x. */
function sumOfNegation(): NodeRewrite {
  return {
    name: 'sum-of-negation',
    soundness: 'exact',
    ops: [reduceSum.op],
    apply: (node) => {
      const inner = nodeOf(node.inputs[0], neg);
      if (inner === undefined || !isFloat(node.outputs[0]!.dtype)) return undefined;
      return [neg(summed(inner.inputs[0]!, node))];
    },
  };
}

/** The same sum of something else. */
function summed(x: Variable, node: Apply): Variable {
  return reduceSum(x, { axes: axesOf(node), keepDims: keepsDims(node) });
}

/** P-3: Σ c x = c Σ x for a constant |c| ≥ 1: for a smaller one Σ x might overflow where Σ c x does not. */
function sumOfScaled(): NodeRewrite {
  return {
    name: 'sum-of-multiple',
    soundness: 'rounding',
    ops: [reduceSum.op],
    apply: (node) => {
      const product = nodeOf(node.inputs[0], mul);
      const i = product?.inputs.findIndex((x) => x.kind === 'constant' && x.rank === 0) ?? -1;
      if (product === undefined || i < 0 || !isFloat(node.outputs[0]!.dtype)) return undefined;
      const c = Math.abs(filledWith(product.inputs[i]!)!);
      if (!(c >= 1 && c < Infinity)) return undefined;
      return [mul(product.inputs[i]!, summed(product.inputs[1 - i]!, node))];
    },
  };
}

/** P-3: a sum of sums is one sum. */
function sumOfSum(): NodeRewrite {
  return {
    name: 'sum-of-sum',
    soundness: 'rounding',
    ops: [reduceSum.op],
    apply: (node) => {
      const inner = nodeOf(node.inputs[0], reduceSum);
      if (inner === undefined || !isFloat(node.outputs[0]!.dtype)) return undefined;
      if (keepsDims(inner) !== keepsDims(node)) return undefined;
      const x = inner.inputs[0]!;
      const left = Array.from({ length: x.rank }, (_, axis) => axis).filter(
        (axis) => keepsDims(inner) || !axesOf(inner).includes(axis),
      );
      const axes = new Set([...axesOf(inner), ...axesOf(node).map((axis) => left[axis]!)]);
      return [reduceSum(x, { axes: [...axes].sort((a, b) => a - b), keepDims: keepsDims(node) })];
    },
  };
}

/** P-3: a reduction of axes of size 1 drops them. */
function reductionOfUnits(): NodeRewrite {
  return {
    name: 'reduction-of-units',
    soundness: 'exact',
    ops: [reduceSum.op, prod.op, max.op, min.op],
    apply: (node) => {
      const x = node.inputs[0]!;
      const axes = axesOf(node);
      if (axes.length === 0 || node.inputs.length > 1) return undefined;
      if (x.dtype !== node.outputs[0]!.dtype || !axes.every((axis) => x.shape[axis] === 1)) {
        return undefined;
      }
      return [keepsDims(node) ? x : squeeze(x, axes)];
    },
  };
}

/** P-3: Σ of a scalar repeated n times is n times it. */
function sumOfRepeated(): NodeRewrite {
  return {
    name: 'sum-of-repeated',
    soundness: 'rounding',
    ops: [reduceSum.op],
    apply: (node) => {
      const x = repetitionOf(node.inputs[0])?.of;
      const sizes = node.inputs[0]!.shape;
      const axes = axesOf(node);
      if (x?.rank !== 0 || !isFloat(x.dtype) || axes.length < sizes.length || keepsDims(node)) {
        return undefined;
      }
      const count = sizes.reduce<number>((total, n) => total * (n ?? NaN), 1);
      return Number.isNaN(count) ? undefined : [mul(x, count)];
    },
  };
}
