import { ShapeError } from '@cotangent/tensor';
import { asVariable, callable, formatType } from '@cotangent/graph';
import type { Callable, OpFunction, Operand, Variable } from '@cotangent/graph';
import { fitting } from '../shape/fitting.ts';
import { addSlice, setSlice, slice } from '../shape/slice.ts';
import { transpose, withUnitAxes } from '../shape/transpose.ts';
import { addIndexOp, indexOp, setIndexOp } from './index-records.ts';
import type { IndexAttrs } from './index-records.ts';
import { normalizeIndex } from './spec.ts';
import type { IndexSpec } from './spec.ts';

/**
 * Entries of `x` at index arrays, by NumPy's rules: arrays are broadcast against each other and their axes stand where
 * the first of them stood, or in front if a range or new axis lies between them. Numbers beside arrays count as arrays;
 * other entries are those of {@link slice}. Negative indices count from the end. Of an index that is named more often, the
 * cotangents add up; nothing flows to the indices.
 *
 * @param spec - one entry for each axis: nested arrays of whole numbers, int32 variables or tensors, and what `slice` takes.
 * @throws ValueError `INDEX_OUT_OF_RANGE` at run time, with the position of the index; DTypeError `OP_DTYPE_REJECTED` for
 *   indices that are no integers; ArgumentTypeError `INDEX_SPEC`; ShapeError `SHAPE_BROADCAST` if the arrays do not
 *   broadcast; else as {@link slice}.
 * @example
 * index([[1, 2], [3, 4]], [[0, 1], [1, 0]])     // [2, 3]: entries (0, 1) and (1, 0)
 * index([[1, 2, 3], [4, 5, 6]], [{}, [2, 0]])   // [[3, 1], [6, 4]]
 */
export const index: Callable<(x: Operand, spec: IndexSpec) => Variable> = callable(
  indexOp.op,
  (x: Operand, spec: IndexSpec): Variable => {
    const variable = asVariable(x, 'index');
    const { slice: basic, axes, indices } = normalizeIndex(spec, variable.rank, 'index');
    const part = basic === undefined ? variable : slice(variable, basic);
    if (axes.length === 0) return part;
    const y = indexOp([part, ...indices], { axes });
    return transpose(y, inPlace(rankOf(indices), y.rank, axes));
  },
);

/**
 * A copy of `x` in which the entries that {@link index} would give are replaced by `v`, broadcast to their shape. Of several
 * writes to one place the last stays, in row-major order of the index arrays, and only to it flows a cotangent.
 *
 * @throws DTypeError `OP_DTYPE_NARROWING` if `v` does not fit the dtype of `x`; ShapeError `SHAPE_BROADCAST`; else as
 *   {@link index}.
 * @example setIndex([0, 0, 0], [1, 2, 3], [[0, 2, 0]]) // [3, 0, 2]
 */
export const setIndex: Callable<(x: Operand, v: Operand, spec: IndexSpec) => Variable> = callable(
  setIndexOp.op,
  (x: Operand, v: Operand, spec: IndexSpec): Variable => updated(setIndexOp, x, v, spec),
);

/**
 * A copy of `x` in which `v`, broadcast, is added to the entries that {@link index} would give, as often as each is named.
 *
 * @throws as {@link setIndex}.
 * @example addIndex([0, 0, 0], [1, 2, 3], [[0, 2, 0]]) // [4, 0, 2]
 */
export const addIndex: Callable<(x: Operand, v: Operand, spec: IndexSpec) => Variable> = callable(
  addIndexOp.op,
  (x: Operand, v: Operand, spec: IndexSpec): Variable => updated(addIndexOp, x, v, spec),
);

function updated(
  make: OpFunction<number, 1, IndexAttrs>,
  x: Operand,
  v: Operand,
  spec: IndexSpec,
): Variable {
  const { name } = make.op;
  const [target, value] = fitting(asVariable(x, name), v, name);
  const { slice: basic, axes, indices } = normalizeIndex(spec, target.rank, name);
  const part = basic === undefined ? target : slice(target, basic);
  if (axes.length === 0) {
    return (name === 'setIndex' ? setSlice : addSlice)(target, value, basic ?? []);
  }
  const rank = rankOf(indices);
  const order = inPlace(rank, rank + part.rank - axes.length, axes);
  if (value.rank > order.length) throw tooManyAxes(value, order.length, name);
  const full = withUnitAxes(value, 0, order.length - value.rank);
  const inFront = transpose(
    full,
    order.map((_, axis) => order.indexOf(axis)),
  );
  const written = make([part, inFront, ...indices], { axes });
  return basic === undefined ? written : setSlice(target, written, basic);
}

/** The axes of a result that has those of the index arrays in front, in NumPy's order. */
function inPlace(indexRank: number, rank: number, axes: readonly number[]): readonly number[] {
  const all = Array.from({ length: rank }, (_, axis) => axis);
  const isTogether = axes.every((axis, k) => axis === axes[0]! + k);
  if (!isTogether) return all;
  const [ofIndices, others] = [all.slice(0, indexRank), all.slice(indexRank)];
  return [...others.slice(0, axes[0]), ...ofIndices, ...others.slice(axes[0])];
}

function rankOf(indices: readonly Variable[]): number {
  return Math.max(...indices.map((index) => index.rank));
}

function tooManyAxes(v: Variable, rank: number, op: string): ShapeError {
  return new ShapeError(`${op}: the value ${formatType(v.type)} has more axes than the part`, {
    code: 'SHAPE_BROADCAST',
    hint: `the part has ${rank}`,
    data: { op, type: v.type, rank },
  });
}
