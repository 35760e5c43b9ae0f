import {
  ShapeError,
  ValueError,
  normalizeAxes,
  resultType,
  strongDType,
  views,
} from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import {
  asVariable,
  callable,
  defineOp,
  formatShape,
  promotableOf,
  promotableType,
  zero,
} from '@cotangent/graph';
import type { Callable, OpFunction, Operand, Shape, TensorType, Variable } from '@cotangent/graph';
import { batched, shiftAxis } from '../batch.ts';
import { mul } from '../elementwise/arithmetic.ts';
import { matmulTensors } from '../kernels/matmul-tensors.ts';
import { flatten, reshape } from '../shape/reshape.ts';
import { countAlong, shapeAt } from '../shape/size.ts';
import { expandDims, moveAxis, transpose } from '../shape/transpose.ts';
import { matmul } from './matmul.ts';

/** `axesA[i]` of the first input is summed with `axesB[i]` of the second. */
type ContractionAttrs = { readonly axesA: readonly number[]; readonly axesB: readonly number[] };

/** y[i, j] = Σ_p a[i, p] b[p, j] with lists of axes for i, p and j.  Bilinear: the adjoints sum over j and over i. */
const tensordotOp: OpFunction<2, 1, ContractionAttrs> = defineOp<2, 1, ContractionAttrs>(
  'tensordot',
  { inputs: 2, outputs: 1 },
  {
    infer: ([a, b], attrs) => [contractionType(a, b, attrs)],
    pushforward: [
      (aDot, { inputs: [, b], attrs }) => tensordotOp(aDot, b, attrs),
      (bDot, { inputs: [a], attrs }) => tensordotOp(a, bDot, attrs),
    ],
    pullback: ([yBar], { inputs: [a, b], needs, attrs: { axesA, axesB } }) => {
      const rows = a.rank - axesA.length;
      const columns = b.rank - axesB.length;
      return [
        needs[0] ? adjoint(yBar, rangeFrom(rows, columns), b, axesB, a.rank, axesA) : zero,
        needs[1] ? adjoint(yBar, rangeFrom(0, rows), a, axesA, b.rank, axesB) : zero,
      ];
    },
    batch: ([a, b], { attrs: { axesA, axesB } }) => {
      const shifted = { axesA: axesA.map(shiftAxis), axesB: axesB.map(shiftAxis) };
      if (!b.isBatched) return [batched(tensordotOp(a.value, b.value, { ...shifted, axesB }))];
      if (a.isBatched) return [batched(batchContraction(a.value, b.value, shifted))];
      const y = tensordotOp(a.value, b.value, { ...shifted, axesA });
      return [batched(moveAxis(y, a.value.rank - axesA.length, 0))];
    },
    eval: ([a, b], attrs, [{ dtype }]) => [contraction(a, b, attrs, dtype)],
    samples: [
      {
        inputs: [
          [
            [1.5, -2, 3],
            [4, 5, -6.5],
          ],
          [
            [0.5, 1],
            [-1, 2],
            [3, 0.25],
          ],
        ],
        attrs: { axesA: [1], axesB: [0] },
      },
      {
        name: 'crossed axes',
        inputs: [
          [
            [
              [1.5, -2, 3],
              [4, 5, -6.5],
            ],
          ],
          [
            [[0.5], [1]],
            [[-1], [2]],
            [[3], [0.25]],
          ],
        ],
        attrs: { axesA: [2, 1], axesB: [0, 1] },
      },
      {
        name: 'no axes',
        inputs: [
          [1.5, -2],
          [3, 4, 5],
        ],
        attrs: { axesA: [], axesB: [] },
      },
    ],
  },
);

/**
 * Sum of products over pairs of axes. The result has the axes of `a` that are left, then those of `b`.
 *
 * @param axes - a list of axes of `a` and one of `b`, paired in order; or a number n: the last n of `a` with the first n of
 *   `b`. Default 2.
 * @throws ValueError `OP_AXES_COUNT`, `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`; ShapeError `OP_TENSORDOT_SHAPES` if paired
 *   axes differ in size, at run time where sizes are not known before.
 * @example tensordot([[1, 2], [3, 4]], [[1, 0], [0, 1]]) // 5
 */
export const tensordot: Callable<
  (
    a: Operand,
    b: Operand,
    axes?: number | readonly [number | readonly number[], number | readonly number[]],
  ) => Variable
> = callable(
  tensordotOp.op,
  (
    a: Operand,
    b: Operand,
    axes: number | readonly [number | readonly number[], number | readonly number[]] = 2,
  ): Variable => {
    const left = asVariable(a, 'tensordot', 0);
    const right = asVariable(b, 'tensordot', 1);
    const [ofLeft, ofRight] =
      typeof axes === 'number' ? trailingWithLeading(axes, left.rank, right.rank) : axes;
    const axesA = normalizeAxes(ofLeft, left.rank, 'tensordot');
    const axesB = normalizeAxes(ofRight, right.rank, 'tensordot');
    if (axesA.length !== axesB.length) throw axesCount(axesA.length, axesB.length);
    return tensordotOp(left, right, { axesA, axesB });
  },
);

/**
 * NumPy's dot: the inner product of vectors, the product of matrices, the product by a scalar; for higher ranks the sum over
 * the last axis of `a` and the last but one of `b`, the others side by side (where `matmul` broadcasts them).
 *
 * @throws as `matmul`, or ShapeError `OP_TENSORDOT_SHAPES` for higher ranks.
 * @example dot([1, 2, 3], [4, 5, 6]) // 32
 */
export function dot(a: Operand, b: Operand): Variable {
  const left = asVariable(a, 'dot', 0);
  const right = asVariable(b, 'dot', 1);
  if (left.rank === 0 || right.rank === 0) return mul(left, right);
  if (right.rank <= 2 || left.rank === 1) return matmul(left, right);
  return tensordot(left, right, [-1, -2]);
}

/**
 * y[i, j] = a[i] · b[j]. Inputs of other ranks are flattened.
 *
 * @example outer([1, 2], [3, 4, 5]) // [[3, 4, 5], [6, 8, 10]]
 */
export function outer(a: Operand, b: Operand): Variable {
  const [rows, columns] = [flatten(asVariable(a, 'outer', 0)), flatten(asVariable(b, 'outer', 1))];
  return mul(expandDims(rows, 1), expandDims(columns, 0));
}

/** The term for one factor: ȳ against the other factor over the axes that come from it, then the axes in their places. */
function adjoint(
  yBar: Variable,
  fromOther: readonly number[],
  other: Variable,
  otherSummed: readonly number[],
  rank: number,
  summed: readonly number[],
): Variable {
  const kept = freeAxes(rank, summed);
  const term = tensordotOp(yBar, other, {
    axesA: fromOther,
    axesB: freeAxes(other.rank, otherSummed),
  });
  // Axes of the term: those kept, then those summed in the order they have in the other factor.
  const order = [...otherSummed].sort((a, b) => a - b);
  return transpose(
    term,
    rangeFrom(0, rank).map((axis) => {
      const pair = summed.indexOf(axis);
      return pair < 0 ? kept.indexOf(axis) : kept.length + order.indexOf(otherSummed[pair]!);
    }),
  );
}

/** Both inputs batches: a stack of matrix products, the axes of each element merged to two. */
function batchContraction(a: Variable, b: Variable, { axesA, axesB }: ContractionAttrs): Variable {
  const [rows, columns] = [freeAxes(a.rank, [0, ...axesA]), freeAxes(b.rank, [0, ...axesB])];
  const y = matmul(matrices(a, rows, axesA), matrices(b, axesB, columns));
  return reshape(y, [
    shapeAt(a, 0),
    ...rows.map((axis) => shapeAt(a, axis)),
    ...columns.map((axis) => shapeAt(b, axis)),
  ]);
}

/** Each element of a batch as a matrix. */
function matrices(x: Variable, rows: readonly number[], columns: readonly number[]): Variable {
  const inOrder = transpose(x, [0, ...rows, ...columns]);
  return reshape(inOrder, [shapeAt(x, 0), countAlong(x, rows), countAlong(x, columns)]);
}

function rangeFrom(start: number, length: number): number[] {
  return Array.from({ length }, (_, k) => start + k);
}

function freeAxes(rank: number, summed: readonly number[]): number[] {
  return rangeFrom(0, rank).filter((axis) => !summed.includes(axis));
}

function trailingWithLeading(
  n: number,
  rankA: number,
  rankB: number,
): readonly [readonly number[], readonly number[]] {
  if (Number.isInteger(n) && n >= 0 && n <= Math.min(rankA, rankB)) {
    return [rangeFrom(rankA - n, n), rangeFrom(0, n)];
  }
  throw new ValueError(`tensordot: ${n} axes of inputs of rank ${rankA} and ${rankB}`, {
    code: 'OP_AXES_COUNT',
    hint: 'a number of axes goes from 0 to the lesser rank; 2 if it is left out',
    data: { op: 'tensordot', axes: n },
  });
}

function axesCount(left: number, right: number): ValueError {
  return new ValueError(`tensordot: ${left} axes of the first input for ${right} of the second`, {
    code: 'OP_AXES_COUNT',
    hint: 'the two lists pair the axes and must be equally long',
    data: { op: 'tensordot', counts: [left, right] },
  });
}

function contractionType(a: TensorType, b: TensorType, attrs: ContractionAttrs): TensorType {
  const dtype = resultType([a, b].map(promotableOf));
  return promotableType(
    strongDType(dtype) === 'uint8' ? 'int32' : dtype,
    contractedShape(a.shape, b.shape, attrs),
  );
}

function contractedShape(a: Shape, b: Shape, { axesA, axesB }: ContractionAttrs): Shape {
  axesA.forEach((axis, i) => {
    const [left, right] = [a[axis] ?? null, b[axesB[i]!] ?? null];
    if (left === null || right === null || left === right) return;
    throw new ShapeError(
      `tensordot: axis ${axis} of ${formatShape(a)} and axis ${axesB[i]} of ${formatShape(b)} differ`,
      {
        code: 'OP_TENSORDOT_SHAPES',
        hint: 'axes summed together must have one size',
        data: { op: 'tensordot', shapes: [a, b], axesA, axesB },
      },
    );
  });
  const left = freeAxes(a.length, axesA).map((axis) => a[axis] ?? null);
  return [...left, ...freeAxes(b.length, axesB).map((axis) => b[axis] ?? null)];
}

function contraction(
  a: Tensor,
  b: Tensor,
  attrs: ContractionAttrs,
  dtype: TensorType['dtype'],
): Tensor {
  const shape = contractedShape(a.shape, b.shape, attrs).map(Number);
  const rows = freeAxes(a.shape.length, attrs.axesA);
  const columns = freeAxes(b.shape.length, attrs.axesB);
  const left = asMatrix(a, rows, attrs.axesA);
  const right = asMatrix(b, attrs.axesB, columns);
  return views.reshapeCopy(matmulTensors(left, right, [], dtype, 'tensordot'), shape);
}

function asMatrix(x: Tensor, rows: readonly number[], columns: readonly number[]): Tensor {
  const count = (axes: readonly number[]): number =>
    axes.reduce((product, axis) => product * x.shape[axis]!, 1);
  return views.reshapeCopy(views.transpose(x, [...rows, ...columns]), [
    count(rows),
    count(columns),
  ]);
}
