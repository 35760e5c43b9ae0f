import { ShapeError, ValueError, resolveShape, views } from '@cotangent/tensor';
import {
  asVariable,
  callable,
  defineOp,
  disconnected,
  formatShape,
  isKnownShape,
} from '@cotangent/graph';
import type { Callable, OpFunction, Operand, Shape, Variable } from '@cotangent/graph';
import { batched } from '../batch.ts';
import { mul } from '../elementwise/arithmetic.ts';
import { floorDivide } from '../elementwise/division.ts';
import {
  asShapeVector,
  batchSizes,
  joinedSizes,
  shapeOwner,
  shapeVectorOf,
  sizeParts,
  sizesIn,
  staticSizes,
} from './shape.ts';
import type { ShapeOperand } from './shape.ts';
import { countAlong, elementAxes, shapeAt } from './size.ts';

/** y = the elements of x, row-major, under another shape.  Linear; x̄ = reshape ȳ. */
const reshapeOp: OpFunction<2, 1> = defineOp<2, 1>(
  'reshape',
  { inputs: 2, outputs: 1 },
  {
    infer: ([x], _, [, sizes]) => [
      { ...x, shape: reshapedShape(x.shape, staticSizes(sizes, 'reshape')) },
    ],
    connectionPattern: [[true], [false]],
    pushforward: [(xDot, { inputs: [, sizes] }) => reshapeOp(xDot, sizes), () => disconnected],
    pullback: ([yBar], { inputs: [x] }) => [reshapeOp(yBar, shapeVectorOf(x)), disconnected],
    batch: ([x, sizes], { node }) =>
      sizes.isBatched
        ? undefined
        : [batched(reshapeBatch(x.value, sizes.value, node.outputs[0]!.shape))],
    eval: ([x, sizes]) => [views.reshapeCopy(x, sizesIn(sizes))],
    shapeLike: ([, sizes]) => shapeOwner(sizes),
    samples: [
      {
        inputs: [
          [
            [1.5, -2, 3],
            [4, 5, -6.5],
          ],
          { value: [3, 2], dtype: 'int32' },
        ],
      },
      { name: '-1', inputs: [[1.5, -2, 3, 0.5], { value: [2, -1], dtype: 'int32' }] },
      { name: 'to rank 0', inputs: [[1.5], { value: [], dtype: 'int32' }] },
      { name: 'empty', inputs: [[[], []], { value: [3, 0], dtype: 'int32' }] },
    ],
  },
);

/**
 * `x` with the same elements in row-major order under another shape.
 *
 * @param shape - sizes, each a number or a scalar of the graph, or one int32 vector of the graph. One of them may
 *   be −1: it becomes what the others leave over.
 * @throws ShapeError `RESHAPE_SIZE_MISMATCH` if the number of elements changes, at run time where sizes are not known
 *   before; ValueError `OP_INVALID_SIZE` for a size below −1 or a second −1.
 * @example reshape([1, 2, 3, 4, 5, 6], [2, -1]) // [[1, 2, 3], [4, 5, 6]]
 */
export const reshape: Callable<(x: Operand, shape: ShapeOperand) => Variable> = callable(
  reshapeOp.op,
  (x: Operand, shape: ShapeOperand): Variable => reshapeOp(x, asShapeVector(shape, 'reshape', -1)),
);

/**
 * `x` with its trailing axes merged, so that it has the given rank. Row-major.
 *
 * @param rank - of the result, 1 or more; default 1. Its first `rank − 1` axes are those of `x`.
 * @throws ValueError `OP_INVALID_RANK` if `rank` is not a whole number from 1 to the rank of `x` (1 for a scalar).
 * @example flatten([[1, 2], [3, 4]]) // [1, 2, 3, 4]
 */
export const flatten: Callable<(x: Operand, rank?: number) => Variable> = callable(
  reshapeOp.op,
  (x: Operand, rank = 1): Variable => {
    const variable = asVariable(x, 'flatten');
    if (!(Number.isInteger(rank) && rank >= 1 && rank <= Math.max(1, variable.rank))) {
      throw new ValueError(`flatten: rank ${rank} for ${formatShape(variable.shape)}`, {
        code: 'OP_INVALID_RANK',
        hint: 'the result has at least one axis and no more than x',
        data: { op: 'flatten', rank, shape: variable.shape },
      });
    }
    if (variable.rank === rank) return variable;
    return reshape(variable, flattenedSizes(variable, rank));
  },
);

function flattenedSizes(x: Variable, rank: number): readonly (number | Variable)[] {
  if (rank === 1) return [-1];
  // Not −1 for the merged axis: it would be ambiguous beside an axis of size 0.
  const sizes = x.shape.map((size, axis) => size ?? shapeAt(x, axis));
  const merged = sizes.map((_, axis) => axis).slice(rank - 1);
  return [...sizes.slice(0, rank - 1), countAlong(x, merged)];
}

/** Each element of `xs` under the shape `sizes`, of which `known` is known. */
function reshapeBatch(xs: Variable, sizes: Variable, known: Shape): Variable {
  if (isKnownShape(known)) return reshapeOp(xs, joinedSizes([shapeAt(xs, 0), ...known]));
  return reshapeOp(xs, batchSizes(xs, withoutRest(sizes, xs)));
}

/** `sizes` with a −1 in it worked out: in the shape of an empty batch it would be ambiguous. */
function withoutRest(sizes: Variable, xs: Variable): Variable {
  const parts = sizeParts(sizes);
  const place = parts.indexOf(-1);
  const others = parts.toSpliced(place, 1);
  // A vector of unknown sizes can hold a −1 only at run time, where it is resolved unless the batch is empty.
  if (place < 0 || others.some((part) => typeof part !== 'number' && part.rank > 0)) return sizes;
  const known = others.reduce<Variable>((product, n) => mul(product, n), asVariable(1));
  const rest = floorDivide(countAlong(xs, elementAxes(xs)), known);
  return joinedSizes(parts.with(place, rest));
}

function reshapedShape(from: Shape, to: Shape): Shape {
  if (to.some((n) => n !== null && n < -1) || to.filter((n) => n === -1).length > 1) {
    throw new ValueError(`reshape: ${formatShape(to)} is not a shape`, {
      code: 'OP_INVALID_SIZE',
      hint: 'sizes are whole numbers ≥ 0; one of them may be -1',
      data: { op: 'reshape', from, to },
    });
  }
  if (isKnownShape(to) && isKnownShape(from)) return resolveShape(to, from);
  const unknown = to.filter((n) => n === null || n === -1);
  const known = to.reduce<number>((product, n) => product * (n === null || n < 0 ? 1 : n), 1);
  if (!isKnownShape(from) || unknown.length === 0) {
    return to.map((n) => (n === -1 ? null : n));
  }
  return to.map((n) => (n !== null && n >= 0 ? n : restOf(from, known, to, unknown.length)));
}

/** The one size not given, from the known number of elements; `null` if several are not given. */
function restOf(from: readonly number[], known: number, to: Shape, unknown: number): number | null {
  const total = from.reduce((product, n) => product * n, 1);
  if (known === 0 ? total === 0 : total % known === 0) {
    return unknown === 1 && known > 0 ? total / known : null;
  }
  throw new ShapeError(`reshape: cannot make ${formatShape(to)} of ${formatShape(from)}`, {
    code: 'RESHAPE_SIZE_MISMATCH',
    hint: `the new shape must have ${total} elements`,
    data: { op: 'reshape', from, to },
  });
}
