import {
  ShapeError,
  ValueError,
  assign,
  normalizeAxis,
  resultType,
  views,
  zerosTensor,
} from '@cotangent/tensor';
import type { DType, Tensor } from '@cotangent/tensor';
import {
  asPromotedVariables,
  asVariable,
  callable,
  defineOp,
  disconnected,
  formatShape,
  promotableOf,
  promotableType,
} from '@cotangent/graph';
import type { Callable, OpFunction, Operand, Shape, TensorType, Variable } from '@cotangent/graph';
import { batchOf, batched, shiftAxis } from '../batch.ts';
import { lowerConcatenate } from './concatenate-lower.ts';
import { asShapeVector, sizesIn, staticSizes } from './shape.ts';
import type { ShapeOperand } from './shape.ts';
import { shapeAt } from './size.ts';
import { expandDims } from './transpose.ts';
import { whole } from './whole.ts';

type AxisAttrs = { readonly axis: number };

/** y = [x₀, x₁, …] joined along one axis.  Linear; adjoint of split. */
const concatenateOp: OpFunction<number, 1, AxisAttrs> = defineOp<number, 1, AxisAttrs>(
  'concatenate',
  { inputs: 'variadic', outputs: 1 },
  {
    infer: (types, { axis }) => [
      promotableType(resultType(types.map(promotableOf)), joinedShape(types, axis)),
    ],
    pushforward: (xDots, { attrs }) => [concatenateOp(xDots, attrs)],
    pullback: ([yBar], { inputs, attrs }) => splitOp(yBar!, sizesAlong(inputs, attrs.axis), attrs),
    batch: (entries, { attrs: { axis } }) => {
      const xs = entries.map((entry) => whole(entry, batchOf(entries)));
      return [batched(concatenateOp(xs, { axis: shiftAxis(axis) }))];
    },
    eval: (xs, { axis }, [type]) => [joined(xs, axis, type!.dtype)],
    lower: lowerConcatenate,
    samples: [
      {
        inputs: [
          [
            [1.5, -2],
            [3, 4],
          ],
          [[5, -6.5]],
        ],
        attrs: { axis: 0 },
      },
      { name: 'last axis', inputs: [[[1.5, -2]], [[3]], [[4, 5, 6]]], attrs: { axis: 1 } },
      { name: 'empty part', inputs: [[1.5, -2], []], attrs: { axis: 0 } },
      { name: 'the only one', inputs: [[1.5, -2]], attrs: { axis: 0 } },
    ],
  },
);

/** y₀, y₁, … = consecutive parts of x along one axis.  Linear; adjoint of concatenate. */
const splitOp: OpFunction<2, number, AxisAttrs> = defineOp<2, number, AxisAttrs>(
  'split',
  { inputs: 2, outputs: 'variadic' },
  {
    infer: ([x], { axis }, [, sizes]) => splitTypes(x, staticSizes(sizes, 'split'), axis),
    connectionPattern: ({ outputs }) => [outputs.map(() => true), outputs.map(() => false)],
    pushforward: ([xDot], { inputs: [, sizes], attrs }) => splitOp(xDot, sizes, attrs),
    pullback: (yBars, { attrs }) => [concatenateOp(yBars, attrs), disconnected],
    batch: ([x, sizes], { attrs: { axis } }) =>
      sizes.isBatched
        ? undefined
        : splitOp(x.value, sizes.value, { axis: shiftAxis(axis) }).map(batched),
    eval: ([x, sizes], { axis }) => parts(x, sizesIn(sizes), axis),
    samples: [
      { inputs: [[1.5, -2, 3], { value: [1, 2], dtype: 'int32' }], attrs: { axis: 0 } },
      {
        name: 'last axis',
        inputs: [
          [
            [1.5, -2, 3],
            [4, 5, -6.5],
          ],
          { value: [1, 0, 2], dtype: 'int32' },
        ],
        attrs: { axis: 1 },
      },
    ],
  },
);

/**
 * The inputs joined one after the other along an axis. Their dtypes promote each other.
 *
 * @param inputs - at least one, of equal rank ≥ 1 and equal sizes on the other axes.
 * @param options.axis - default 0.
 * @throws ValueError `OP_NO_INPUTS`, `AXIS_OUT_OF_RANGE`; ShapeError `OP_CONCATENATE_SHAPES`, at run time where sizes
 *   are not known before.
 * @example concatenate([[1, 2], [3]]) // [1, 2, 3]
 */
export const concatenate: Callable<
  (inputs: readonly Operand[], options?: { readonly axis?: number | undefined }) => Variable
> = callable(
  concatenateOp.op,
  (inputs: readonly Operand[], options: { readonly axis?: number | undefined } = {}): Variable => {
    const variables = asPromotedVariables(someOf(inputs, 'concatenate'), 'concatenate');
    const axis = normalizeAxis(options.axis ?? 0, variables[0]!.rank, 'concatenate');
    return variables.length === 1 ? variables[0]! : concatenateOp(variables, { axis });
  },
);

/**
 * `x` cut into consecutive parts along an axis.
 *
 * @param sizes - of the parts: numbers, scalars of the graph, or one int32 vector of known length. Together they make
 *   up the size of the axis.
 * @param options.axis - default 0.
 * @returns one variable per size.
 * @throws ShapeError `OP_SPLIT_SIZES` if the sizes do not add up, at run time where they are not known before;
 *   ValueError `AXIS_OUT_OF_RANGE`, `OP_INVALID_SIZE`, `OP_UNKNOWN_RANK` if the number of parts is not known.
 * @example const [head, tail] = split(x, [1, 4]);
 */
export const split: Callable<
  (
    x: Operand,
    sizes: ShapeOperand,
    options?: { readonly axis?: number | undefined },
  ) => readonly Variable[]
> = callable(
  splitOp.op,
  (
    x: Operand,
    sizes: ShapeOperand,
    options: { readonly axis?: number | undefined } = {},
  ): readonly Variable[] => {
    const variable = asVariable(x, 'split');
    const axis = normalizeAxis(options.axis ?? 0, variable.rank, 'split');
    return splitOp(variable, asShapeVector(sizes, 'split'), { axis });
  },
);

/**
 * The inputs, all of one shape, side by side along a new axis.
 *
 * @param options.axis - where the new axis is in the result; default 0.
 * @throws ValueError `OP_NO_INPUTS`, `AXIS_OUT_OF_RANGE`; ShapeError `OP_CONCATENATE_SHAPES`, at run time where sizes
 *   are not known before.
 * @example stack([[1, 2], [3, 4]], { axis: 1 }) // [[1, 3], [2, 4]]
 */
export function stack(
  inputs: readonly Operand[],
  options: { readonly axis?: number | undefined } = {},
): Variable {
  const variables = asPromotedVariables(someOf(inputs, 'stack'), 'stack');
  const axis = normalizeAxis(options.axis ?? 0, variables[0]!.rank + 1, 'stack');
  return concatenate(
    variables.map((x) => {
      if (x.rank === variables[0]!.rank) return expandDims(x, axis);
      throw unequalShapes(
        variables.map((y) => y.shape),
        'stack',
      );
    }),
    { axis },
  );
}

function someOf(inputs: readonly Operand[], op: string): readonly Operand[] {
  if (Array.isArray(inputs) && inputs.length > 0) return inputs;
  throw new ValueError(`${op}: there are no inputs`, {
    code: 'OP_NO_INPUTS',
    hint: `pass the inputs in one array: ${op}([a, b])`,
    data: { op },
  });
}

function sizesAlong(xs: readonly Variable[], axis: number): Variable {
  return asShapeVector(
    xs.map((x) => x.shape[axis] ?? shapeAt(x, axis)),
    'split',
  );
}

function joinedShape(types: readonly TensorType[], axis: number): Shape {
  const shapes = types.map((type) => type.shape);
  const rank = shapes[0]?.length ?? 0;
  if (axis >= rank || shapes.some((shape) => shape.length !== rank)) {
    throw unequalShapes(shapes, 'concatenate', axis);
  }
  return Array.from({ length: rank }, (_, k) => {
    const sizes = shapes.map((shape) => shape[k] ?? null);
    if (k === axis) return sizes.reduce((sum, n) => (sum === null || n === null ? null : sum + n));
    const known = sizes.filter((n) => n !== null);
    if (known.some((n) => n !== known[0])) throw unequalShapes(shapes, 'concatenate', axis);
    return known[0] ?? null;
  });
}

function unequalShapes(shapes: readonly Shape[], op: string, axis?: number): ShapeError {
  const along = axis === undefined ? '' : ` along axis ${axis}`;
  return new ShapeError(`${op}: cannot join ${shapes.map(formatShape).join(' and ')}${along}`, {
    code: 'OP_CONCATENATE_SHAPES',
    hint:
      axis === undefined
        ? 'all inputs must have one shape'
        : 'ranks must be equal, and so must the sizes of all other axes',
    data: { op, shapes, axis },
  });
}

function joined(xs: readonly Tensor[], axis: number, dtype: DType): Tensor {
  const shape = joinedShape(
    xs.map((x) => ({ kind: 'tensor', dtype, shape: x.shape })),
    axis,
  );
  const out = zerosTensor(shape.map(Number), dtype);
  let start = 0;
  for (const x of xs) {
    const stop = start + x.shape[axis]!;
    assign(partOf(out, axis, start, stop), x);
    start = stop;
  }
  return out;
}

function partOf(x: Tensor, axis: number, start: number, stop: number): Tensor {
  return views.slice(
    x,
    x.shape.map((_, k) => (k === axis ? { start, stop } : {})),
  );
}

function splitTypes(x: TensorType, sizes: Shape, axis: number): readonly TensorType[] {
  checkSizes(x.shape, sizes, axis);
  return sizes.map((n) => ({ ...x, shape: x.shape.with(axis, n) }));
}

function checkSizes(shape: Shape, sizes: Shape, axis: number): void {
  const length = shape[axis] ?? null;
  const sum = sizes.reduce<number>((total, n) => total + (n ?? 0), 0);
  const fits = sizes.every((n) => n === null || n >= 0);
  if (fits && (length === null || (sizes.includes(null) ? sum <= length : sum === length))) return;
  throw new ShapeError(
    `split: sizes ${formatShape(sizes)} do not make up axis ${axis} of ${formatShape(shape)}`,
    {
      code: 'OP_SPLIT_SIZES',
      hint: `they must add up to ${length ?? 'the size of the axis'}`,
      data: { op: 'split', shape, sizes, axis },
    },
  );
}

function parts(x: Tensor, sizes: readonly number[], axis: number): readonly Tensor[] {
  checkSizes(x.shape, sizes, axis);
  let start = 0;
  return sizes.map((n) => {
    start += n;
    return partOf(x, axis, start - n, start);
  });
}
