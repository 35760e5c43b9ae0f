import { ShapeError, ValueError, normalizeAxes, normalizeAxis, views } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import { asVariable, callable, defineOp, formatShape } from '@cotangent/graph';
import type { Callable, OpFunction, Operand, Shape, Variable } from '@cotangent/graph';
import { batched, shiftAxis } from '../batch.ts';

/** Axis k of the result is axis `axes[k]` of the input, or new and of size 1 for `'x'`. */
type Axes = readonly (number | 'x')[];
type TransposeAttrs = { readonly axes: Axes };

/** y = x with its axes permuted; `'x'` adds an axis of size 1, an axis not listed is dropped.  Linear; x̄ by the inverse. */
const transposeOp: OpFunction<1, 1, TransposeAttrs> = defineOp<1, 1, TransposeAttrs>(
  'transpose',
  { inputs: 1, outputs: 1 },
  {
    infer: ([x], { axes }) => [{ ...x, shape: transposedShape(x.shape, axes) }],
    pushforward: ([xDot], { attrs: { axes } }) => [arranged(xDot, axes)],
    pullback: ([yBar], { inputs: [x], attrs: { axes } }) => [arranged(yBar, inverse(axes, x.rank))],
    batch: ([{ value }], { attrs: { axes } }) => [
      batched(arranged(value, [0, ...axes.map((axis) => (axis === 'x' ? axis : shiftAxis(axis)))])),
    ],
    eval: ([x], { axes }) => [transposedView(x, axes)],
    samples: [
      {
        inputs: [
          [
            [1.5, -2, 3],
            [4, 5, -6.5],
          ],
        ],
        attrs: { axes: [1, 0] },
      },
      { name: 'adds axes', inputs: [[1.5, -2, 3]], attrs: { axes: ['x', 0, 'x'] } },
      { name: 'drops axes', inputs: [[[[1.5], [-2], [3]]]], attrs: { axes: [1] } },
      { name: 'rank 0', inputs: [2.5], attrs: { axes: [] } },
      { name: 'empty', inputs: [[[], []]], attrs: { axes: [1, 0] } },
    ],
  },
);

/**
 * `x` with its axes in another order: axis k of the result is axis `axes[k]` of `x`. In the same list `'x'` adds
 * an axis of size 1, and an axis that is not listed is dropped, which it may be if its size is 1.
 *
 * @param axes - default: all axes reversed.
 * @throws ValueError `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`; ShapeError `SQUEEZE_AXIS` if a dropped axis is not of
 *   size 1, at run time where the size is not known before.
 * @example
 * transpose([[1, 2, 3], [4, 5, 6]])      // [[1, 4], [2, 5], [3, 6]]
 * transpose([1, 2, 3], [0, 'x'])         // [[1], [2], [3]]
 */
export const transpose: Callable<(x: Operand, axes?: Axes) => Variable> = callable(
  transposeOp.op,
  (x: Operand, axes?: Axes): Variable => {
    const variable = asVariable(x, 'transpose');
    if (axes === undefined) return arranged(variable, range(variable.rank).reverse());
    const listed = axes.filter((axis) => axis !== 'x');
    const normalized = normalizeAxes(listed, variable.rank, 'transpose');
    let next = 0;
    return arranged(
      variable,
      axes.map((axis) => (axis === 'x' ? axis : normalized[next++]!)),
    );
  },
);

/**
 * `x` with its last two axes exchanged: each matrix of a stack transposed.
 *
 * @throws ShapeError `OP_RANK` if `x` has rank 0 or 1.
 * @example matrixTranspose([[1, 2], [3, 4]]) // [[1, 3], [2, 4]]
 */
export const matrixTranspose: Callable<(x: Operand) => Variable> = callable(
  transposeOp.op,
  (x: Operand): Variable => {
    const variable = asVariable(x, 'matrixTranspose');
    if (variable.rank >= 2) return swapped(variable, variable.rank - 2, variable.rank - 1);
    throw new ShapeError(`matrixTranspose: ${formatShape(variable.shape)} is not a matrix`, {
      code: 'OP_RANK',
      hint: 'x needs at least two axes; expandDims adds one',
      data: { op: 'matrixTranspose', shape: variable.shape },
    });
  },
);

/**
 * `x` with two axes exchanged.
 *
 * @throws ValueError `AXIS_OUT_OF_RANGE`.
 * @example swapAxes(x, 0, -1)
 */
export const swapAxes: Callable<(x: Operand, a: number, b: number) => Variable> = callable(
  transposeOp.op,
  (x: Operand, a: number, b: number): Variable => {
    const variable = asVariable(x, 'swapAxes');
    const { rank } = variable;
    return swapped(
      variable,
      normalizeAxis(a, rank, 'swapAxes'),
      normalizeAxis(b, rank, 'swapAxes'),
    );
  },
);

/**
 * `x` with axes moved to other positions; those not moved keep their order.
 *
 * @param source - the axis to move, or several.
 * @param destination - where each goes in the result; as many as in `source`.
 * @throws ValueError `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`, `OP_AXES_COUNT` if the two lists differ in length.
 * @example moveAxis(x, 0, -1)
 */
export const moveAxis: Callable<
  (
    x: Operand,
    source: number | readonly number[],
    destination: number | readonly number[],
  ) => Variable
> = callable(
  transposeOp.op,
  (
    x: Operand,
    source: number | readonly number[],
    destination: number | readonly number[],
  ): Variable => {
    const variable = asVariable(x, 'moveAxis');
    const from = normalizeAxes(source, variable.rank, 'moveAxis');
    const to = normalizeAxes(destination, variable.rank, 'moveAxis');
    if (from.length !== to.length) {
      throw new ValueError(`moveAxis: ${from.length} axes to ${to.length} places`, {
        code: 'OP_AXES_COUNT',
        hint: 'give one destination for each source axis',
        data: { op: 'moveAxis', source, destination },
      });
    }
    const others = range(variable.rank).filter((axis) => !from.includes(axis));
    let next = 0;
    const axes = range(variable.rank).map((axis) => {
      const moved = from[to.indexOf(axis)];
      return moved ?? others[next++]!;
    });
    return arranged(variable, axes);
  },
);

/**
 * `x` with new axes of size 1.
 *
 * @param axes - where they are in the result, negative from its end.
 * @throws ValueError `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`.
 * @example expandDims([1, 2, 3], 0) // [[1, 2, 3]]
 */
export const expandDims: Callable<(x: Operand, axes: number | readonly number[]) => Variable> =
  callable(transposeOp.op, (x: Operand, axes: number | readonly number[]): Variable => {
    const variable = asVariable(x, 'expandDims');
    const added = typeof axes === 'number' ? 1 : axes.length;
    const rank = variable.rank + added;
    const fresh = new Set(normalizeAxes(axes, rank, 'expandDims'));
    let next = 0;
    return arranged(
      variable,
      range(rank).map((axis) => (fresh.has(axis) ? 'x' : next++)),
    );
  });

/**
 * `x` without axes of size 1: those named, or all that are known to have size 1.
 *
 * @throws ShapeError `SQUEEZE_AXIS` if a named axis has another size, at run time where the size is not known before;
 *   ShapeError `OP_SQUEEZE_UNKNOWN` if no axis is named and some size is not known; ValueError `AXIS_OUT_OF_RANGE`,
 *   `AXIS_REPEATED`.
 * @example squeeze([[[1], [2]]], [0, 2]) // [1, 2]
 */
export const squeeze: Callable<(x: Operand, axes?: number | readonly number[]) => Variable> =
  callable(transposeOp.op, (x: Operand, axes?: number | readonly number[]): Variable => {
    const variable = asVariable(x, 'squeeze');
    const dropped =
      axes === undefined ? unitAxes(variable.shape) : normalizeAxes(axes, variable.rank, 'squeeze');
    return arranged(
      variable,
      range(variable.rank).filter((axis) => !dropped.includes(axis)),
    );
  });

/** `x` with `count` axes of size 1 from `axis` on; as it is if there are none to add. */
export function withUnitAxes(x: Variable, axis: number, count: number): Variable {
  const added = Array.from({ length: Math.max(0, count) }, () => 'x' as const);
  return arranged(x, [...range(axis), ...added, ...range(x.rank).slice(axis)]);
}

/** `x` itself if nothing moves. */
function arranged(x: Variable, axes: Axes): Variable {
  const same = axes.length === x.rank && axes.every((axis, k) => axis === k);
  return same ? x : transposeOp(x, { axes });
}

function swapped(x: Variable, a: number, b: number): Variable {
  return arranged(x, range(x.rank).with(a, b).with(b, a));
}

function range(n: number): number[] {
  return Array.from({ length: n }, (_, k) => k);
}

function unitAxes(shape: Shape): readonly number[] {
  if (!shape.includes(null)) return shape.flatMap((size, axis) => (size === 1 ? [axis] : []));
  throw new ShapeError(`squeeze: which axes of ${formatShape(shape)} have size 1 is not known`, {
    code: 'OP_SQUEEZE_UNKNOWN',
    hint: 'name the axes to drop: squeeze(x, 0)',
    data: { op: 'squeeze', shape },
  });
}

function inverse(axes: Axes, rank: number): Axes {
  return range(rank).map((axis) => {
    const place = axes.indexOf(axis);
    return place < 0 ? 'x' : place;
  });
}

function droppedAxes(axes: Axes, rank: number): number[] {
  return range(rank).filter((axis) => !axes.includes(axis));
}

function transposedShape(shape: Shape, axes: Axes): Shape {
  for (const axis of droppedAxes(axes, shape.length)) {
    if (shape[axis] === 1 || shape[axis] === null) continue;
    throw new ShapeError(
      `squeeze: axis ${axis} of shape ${formatShape(shape)} is not of size 1 and cannot be dropped`,
      {
        code: 'SQUEEZE_AXIS',
        hint: 'only axes of size 1 can be dropped; slice with an index picks one entry',
        data: { op: 'transpose', axis, shape, axes },
      },
    );
  }
  return axes.map((axis) => (axis === 'x' ? 1 : (shape[axis] ?? null)));
}

function transposedView(x: Tensor, axes: Axes): Tensor {
  const kept = axes.filter((axis) => axis !== 'x');
  const dropped = droppedAxes(axes, x.shape.length);
  // Positions of the kept axes after the others are gone.
  const order = kept.map((axis) => axis - dropped.filter((other) => other < axis).length);
  const permuted = views.transpose(views.squeeze(x, dropped), order);
  return views.expandDims(
    permuted,
    axes.flatMap((axis, k) => (axis === 'x' ? [k] : [])),
  );
}
