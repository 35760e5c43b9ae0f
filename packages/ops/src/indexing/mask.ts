import {
  DTypeError,
  ShapeError,
  allocate,
  denseData,
  denseTensor,
  unravel,
} from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import {
  asVariable,
  callable,
  defineOp,
  disconnected,
  formatShape,
  formatType,
  shapesConflict,
} from '@cotangent/graph';
import type { Callable, OpFunction, Operand, Shape, TensorType, Variable } from '@cotangent/graph';
import { where } from '../elementwise/selection.ts';
import { fitting } from '../shape/fitting.ts';
import { withUnitAxes } from '../shape/transpose.ts';
import { indexOp, setIndexOp } from './index-records.ts';

/** i₁, i₂, … = where the mask is not 0, row-major. A second input has the axes of the mask in front.  Nothing flows back. */
export const nonzeroOp: OpFunction<number, number> = defineOp<number, number>(
  'nonzero',
  { inputs: 'variadic', outputs: 'variadic' },
  {
    infer: (types) => {
      checkMask(types[0]!.shape, types[1]?.shape);
      return types[0]!.shape.map((): TensorType => ({
        kind: 'tensor',
        dtype: 'int32',
        shape: [null],
      }));
    },
    connectionPattern: ({ inputs, outputs }) => inputs.map(() => outputs.map(() => false)),
    pushforward: (_, { outputs }) => outputs.map(() => disconnected),
    pullback: (_, { inputs }) => inputs.map(() => disconnected),
    eval: ([mask, like]) => {
      checkMask(mask!.shape, like?.shape);
      return placesOf(mask!);
    },
    samples: [
      {
        inputs: [
          {
            value: [
              [3, 0, 1],
              [0, 0, -2],
            ],
            dtype: 'int32',
          },
        ],
      },
      {
        name: 'mask',
        inputs: [
          [true, false, true],
          [[1.5], [2], [3]],
        ],
      },
      { name: 'none', inputs: [[false, false]] },
    ],
  },
);

/**
 * Where `x` is not 0 (NaN is not): for each axis an int32 vector with the index of each such element, in row-major order.
 * The length depends on the values, so a graph with it runs on the reference executor, as `explain()` says. Nothing
 * flows back.
 *
 * @throws ShapeError `OP_RANK` for a scalar.
 * @example const [rows, columns] = nonzero([[1, 0], [0, 2]]); // [0, 1], [0, 1]
 */
export const nonzero: Callable<(x: Operand) => readonly Variable[]> = callable(
  nonzeroOp.op,
  (x: Operand): readonly Variable[] => {
    const variable = asVariable(x, 'nonzero');
    if (variable.rank > 0) return nonzeroOp([variable]);
    throw new ShapeError('nonzero: a scalar has no axes', {
      code: 'OP_RANK',
      hint: 'compare it with 0, or make it a vector: expandDims(x, 0)',
      data: { op: 'nonzero', shape: variable.shape },
    });
  },
);

/**
 * The entries of `x` where the mask is true, in row-major order. The length depends on the values of the mask, so a graph
 * with it runs on the reference executor; `where` keeps the shape and does not. Nothing flows to the mask.
 *
 * @param mask - bool, of the shape of the leading axes of `x`.
 * @returns those axes become one.
 * @throws DTypeError `OP_DTYPE_REJECTED` if the mask is not bool; ShapeError `OP_MASK_SHAPE`, at run time where sizes are
 *   not known before.
 * @example maskSelect([1, 2, 3], [true, false, true]) // [1, 3]
 */
export function maskSelect(x: Operand, mask: Operand): Variable {
  const variable = asVariable(x, 'maskSelect', 0);
  const truth = maskOf(mask, 'maskSelect');
  checkMask(truth.shape, variable.shape);
  if (truth.rank === 0)
    return indexOp([withUnitAxes(variable, 0, 1), ...scalarPlaces(truth)], { axes: [0] });
  return indexOp([variable, ...nonzeroOp([truth, variable])], { axes: axesOf(truth) });
}

/**
 * A copy of `x` with `v` where the mask is true: a value that broadcasts to `x` behind the mask's axes is written to
 * each such place, as `where` does; one with an axis more has an entry for each of them, in row-major order.
 *
 * @param mask - as for {@link maskSelect}.
 * @throws as {@link maskSelect}; DTypeError `OP_DTYPE_NARROWING` if `v` does not fit the dtype of `x`; ShapeError
 *   `SHAPE_BROADCAST`, at run time if there are more or fewer entries than places.
 * @example
 * setMask([1, 2, 3], [true, false, true], 0)      // [0, 2, 0]
 * setMask([1, 2, 3], [true, false, true], [7, 8]) // [7, 2, 8]
 */
export function setMask(x: Operand, mask: Operand, v: Operand): Variable {
  const [variable, value] = fitting(asVariable(x, 'setMask', 0), v, 'setMask');
  const truth = maskOf(mask, 'setMask');
  checkMask(truth.shape, variable.shape);
  const behind = variable.rank - truth.rank;
  if (value.rank <= behind || truth.rank === 0) {
    return where(withUnitAxes(truth, truth.rank, behind), value, variable);
  }
  return setIndexOp([variable, value, ...nonzeroOp([truth, variable])], { axes: axesOf(truth) });
}

function axesOf(mask: Variable): readonly number[] {
  return mask.shape.map((_, axis) => axis);
}

/** A scalar mask chooses all of `x` or nothing: entry 0 of a new axis, or none. */
function scalarPlaces(mask: Variable): readonly Variable[] {
  return nonzeroOp([withUnitAxes(mask, 0, 1)]);
}

function maskOf(mask: Operand, op: string): Variable {
  const variable = asVariable(mask, op, 1);
  if (variable.dtype === 'bool') return variable;
  throw new DTypeError(`${op}: the mask is ${formatType(variable.type)}`, {
    code: 'OP_DTYPE_REJECTED',
    hint: 'masks are bool: compare, or cast; index takes whole numbers',
    data: { op, type: variable.type },
  });
}

/** @throws ShapeError `OP_MASK_SHAPE` if the mask has not the leading axes of `x`. */
function checkMask(mask: Shape, x: Shape | undefined): void {
  if (x === undefined || !shapesConflict(mask, x.slice(0, mask.length))) return;
  throw new ShapeError(`mask: ${formatShape(mask)} is not the beginning of ${formatShape(x)}`, {
    code: 'OP_MASK_SHAPE',
    hint: 'a mask has the leading axes of what it chooses from; broadcastTo repeats it',
    data: { op: 'mask', mask, shape: x },
  });
}

function placesOf(mask: Tensor): readonly Tensor[] {
  const places: number[] = [];
  denseData(mask).forEach((value, k) => {
    if (value !== 0) places.push(k);
  });
  const found = places.map((place) => unravel(place, mask.shape));
  return mask.shape.map((_, axis) => {
    const data = allocate('int32', found.length);
    found.forEach((position, k) => (data[k] = position[axis]!));
    return denseTensor(data, [found.length], 'int32');
  });
}
