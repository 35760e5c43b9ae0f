import {
  add,
  div,
  eq,
  exp,
  gt,
  isFinite,
  log,
  logSoftmax,
  logSumExp,
  logicalAnd,
  matmul,
  max,
  mul,
  reduceSum,
  reshape,
  softmax,
  sqrt,
  square,
  squeeze,
  std,
  sub,
  tensordot,
  transpose,
  variance,
  where,
} from '@cotangent/ops';
import { isFloat } from '@cotangent/tensor';
import type { NodeRewrite } from '@cotangent/compile';
import type { Apply, Variable } from '@cotangent/graph';

/**
 * Ops of several passes over their axes, as reductions and elementwise ops that share loops with their
 * neighbours. The same shift by the maximum as in the ops themselves, so equal to rounding.
 */
export const decompositions: readonly NodeRewrite[] = [
  {
    name: 'softmax-in-loops',
    soundness: 'rounding',
    ops: [softmax.op],
    apply: (node) => {
      const x = node.inputs[0]!;
      const shares = 'infinite' in node.attrs && node.attrs.infinite === 'share';
      return isReducible(node) ? [shares ? sharedWeights(node, x) : weights(node, x)] : undefined;
    },
  },
  {
    name: 'log-softmax-in-loops',
    soundness: 'rounding',
    ops: [logSoftmax.op],
    apply: (node) => {
      if (!isReducible(node)) return undefined;
      const shifted = sub(node.inputs[0]!, greatest(node));
      return [sub(shifted, log(total(node, exp(shifted))))];
    },
  },
  {
    name: 'log-sum-exp-in-loops',
    soundness: 'rounding',
    ops: [logSumExp.op],
    apply: (node) => {
      if (!isReducible(node)) return undefined;
      const shift = finite(greatest(node));
      const sum = add(shift, log(total(node, exp(sub(node.inputs[0]!, shift)))));
      const isKept = 'keepDims' in node.attrs && node.attrs.keepDims === true;
      return [isKept ? sum : squeeze(sum, axesOf(node))];
    },
  },
  {
    name: 'variance-in-loops',
    soundness: 'rounding',
    ops: [variance.op],
    apply: (node) => (isSpread(node) ? [spread(node)] : undefined),
  },
  {
    name: 'std-in-loops',
    soundness: 'rounding',
    ops: [std.op],
    apply: (node) => (isSpread(node) ? [sqrt(spread(node))] : undefined),
  },
  {
    name: 'tensordot-in-loops',
    soundness: 'rounding',
    ops: [tensordot.op],
    apply: (node) => {
      const product = contraction(node);
      return product && [product];
    },
  },
];

/** The sum of products over paired axes as one product of matrices; without pairs, of all elements. */
function contraction({ inputs, attrs, outputs }: Apply): Variable | undefined {
  const [a, b] = [inputs[0]!, inputs[1]!];
  const [y] = outputs;
  const isFilled = [a, b].every((x) => x.dtype === y!.dtype && x.shape.every((n) => (n ?? 0) > 0));
  if (!isFilled || !isFloat(y!.dtype)) return undefined;
  const axesA = listOf('axesA' in attrs ? attrs.axesA : []);
  const axesB = listOf('axesB' in attrs ? attrs.axesB : []);
  const others = (x: Variable, axes: readonly number[]): readonly number[] =>
    x.shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
  const count = (x: Variable, axes: readonly number[]): number =>
    axes.reduce((n, axis) => n * (x.shape[axis] ?? 0), 1);
  const [freeA, freeB] = [others(a, axesA), others(b, axesB)];
  const inner = count(a, axesA);
  const rows = reshape(transpose(a, [...freeA, ...axesA]), [count(a, freeA), inner]);
  const columns = reshape(transpose(b, [...axesB, ...freeB]), [inner, count(b, freeB)]);
  const product = axesA.length === 0 ? mul(rows, columns) : matmul(rows, columns);
  const sizes = [...freeA.map((axis) => a.shape[axis]!), ...freeB.map((axis) => b.shape[axis]!)];
  return reshape(product, sizes);
}

function listOf(axes: unknown): readonly number[] {
  return Array.isArray(axes) ? axes.filter((axis) => typeof axis === 'number') : [];
}

/** Σ (x − mean x)² / (n − ddof), in two passes. */
function spread(node: Apply): Variable {
  const x = node.inputs[0]!;
  const keepDims = 'keepDims' in node.attrs && node.attrs.keepDims === true;
  const n = countOf(node);
  const deviations = sub(x, div(total(node, x), n));
  return div(reduceSum(square(deviations), { axes: axesOf(node), keepDims }), n - ddofOf(node));
}

function isSpread(node: Apply): boolean {
  return isReducible(node) && countOf(node) > ddofOf(node);
}

function countOf(node: Apply): number {
  return axesOf(node).reduce((n, axis) => n * (node.inputs[0]!.shape[axis] ?? 0), 1);
}

function ddofOf({ attrs }: Apply): number {
  return 'ddof' in attrs ? Number(attrs.ddof) : 0;
}

/** y = exp(x − m) / Σ exp(x − m) with m the greatest entry. */
function weights(node: Apply, x: Variable): Variable {
  const powers = exp(sub(x, greatest(node)));
  return div(powers, total(node, powers));
}

/** The same where m may be infinite: entries of +∞ share the weight, a group of −∞ has none. */
function sharedWeights(node: Apply, x: Variable): Variable {
  const m = greatest(node);
  const atTop = where(logicalAnd(eq(x, m), gt(m, 0)), 1, 0);
  const powers = where(isFinite(m), exp(sub(x, finite(m))), atTop);
  const sum = total(node, powers);
  return where(eq(sum, 0), 0, div(powers, sum));
}

function greatest(node: Apply): Variable {
  return max(node.inputs[0]!, { axis: axesOf(node), keepDims: true });
}

function finite(m: Variable): Variable {
  return where(isFinite(m), m, 0);
}

function total(node: Apply, powers: Variable): Variable {
  return reduceSum(powers, { axes: axesOf(node), keepDims: true });
}

function axesOf(node: Apply): readonly number[] {
  return listOf('axes' in node.attrs ? node.attrs.axes : []);
}

/** Floats, and at least one element in every group: else the op's own conventions apply. */
function isReducible(node: Apply): boolean {
  const x = node.inputs[0]!;
  const sizes = axesOf(node).map((axis) => x.shape[axis] ?? 0);
  return x.dtype === node.outputs[0]!.dtype && sizes.length > 0 && sizes.every((n) => n > 0);
}
