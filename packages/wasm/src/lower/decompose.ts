import {
  add,
  addSlice,
  broadcastTo,
  div,
  eq,
  exp,
  gt,
  isFinite,
  log,
  logSoftmax,
  logSumExp,
  logicalAnd,
  max,
  reduceSum,
  softmax,
  sqrt,
  square,
  squeeze,
  std,
  sub,
  tensordot,
  variance,
  where,
} from '@cotangent/ops';
import type { NodeRewrite } from '@cotangent/compile';
import { applyOp, provablySameShape } from '@cotangent/graph';
import type { Apply, Result, Variable } from '@cotangent/graph';
import { contiguous } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import { contraction, listOf } from './contraction.ts';
import { productWithDiagonal } from './diagonal.ts';

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
  {
    // x + (0 with v added to a part) = x with v added to the part: gradients of slices meet in one tensor.
    name: 'sum-of-parts',
    soundness: 'exact',
    ops: [add.op],
    apply: ({ inputs: [x, y] }) => {
      const [part, other] = isPartOfZeros(y!) ? [y, x] : [x, y];
      if (!isPartOfZeros(part!) || !provablySameShape(part, other!)) return undefined;
      const { op, inputs, attrs } = part.owner;
      return applyOp(op, [other!, ...inputs.slice(1)], attrs).outputs;
    },
  },
  productWithDiagonal,
];

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

/** Whether a variable is 0 but for a part that something is added to. */
function isPartOfZeros(x: Variable): x is Result {
  if (x.kind !== 'result' || x.owner.op !== addSlice.op) return false;
  const base = x.owner.inputs[0]!;
  return isZero(
    base.kind === 'result' && base.owner.op === broadcastTo.op ? base.owner.inputs[0]! : base,
  );
}

function isZero(x: Variable): boolean {
  return x.kind === 'constant' && x.value.size <= 1024 && elementsOf(x.value).every((v) => v === 0);
}

function elementsOf(x: Tensor): readonly number[] {
  const { data, offset } = contiguous(x);
  return Array.from({ length: x.size }, (_, k) => data[offset + k]!);
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
