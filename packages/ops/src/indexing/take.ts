import { ValueError, normalizeAxis } from '@cotangent/tensor';
import { asVariable, callable } from '@cotangent/graph';
import type { Callable, Operand, Variable } from '@cotangent/graph';
import { sub } from '../elementwise/arithmetic.ts';
import { mod } from '../elementwise/division.ts';
import { clip } from '../elementwise/selection.ts';
import { flatten } from '../shape/reshape.ts';
import { shapeAt } from '../shape/size.ts';
import { index } from './index-functions.ts';
import { indexOp } from './index-records.ts';
import { indexVariable } from './spec.ts';
import type { IndexArray } from './spec.ts';

/** Options of {@link take}. */
export interface TakeOptions {
  /** One axis, negative from the end. Default: `x` is flattened first. */
  readonly axis?: number | undefined;
  /**
   * What an index outside of the axis does: `'raise'` (default) raises, negative ones counting from the end; `'wrap'` goes
   * round the axis; `'clip'` stays at its ends, also for negative indices.
   */
  readonly mode?: 'raise' | 'wrap' | 'clip' | undefined;
}

/**
 * The entries of `x` along one axis that `indices` names; the axes of `indices` take the place of that axis. Of an entry
 * that is named more often, the cotangents add up. Nothing flows to the indices.
 *
 * @param indices - whole numbers: one, nested arrays, or an int32 variable.
 * @throws ValueError `INDEX_OUT_OF_RANGE` at run time in mode `'raise'`; `OP_TAKE_MODE` for another word;
 *   `AXIS_OUT_OF_RANGE`; DTypeError `OP_DTYPE_REJECTED` for indices that are no integers.
 * @example take([[1, 2, 3], [4, 5, 6]], [2, 0], { axis: 1 }) // [[3, 1], [6, 4]]
 */
export const take: Callable<
  (x: Operand, indices: IndexArray | number, options?: TakeOptions) => Variable
> = callable(
  indexOp.op,
  (x: Operand, indices: IndexArray | number, options: TakeOptions = {}): Variable => {
    const given = asVariable(x, 'take');
    const source = options.axis === undefined ? flatten(given) : given;
    const axis = normalizeAxis(options.axis ?? 0, source.rank, 'take');
    const places = inMode(indexVariable(indices, 'take', 1), source, axis, options.mode ?? 'raise');
    const before = Array.from({ length: axis }, () => ({}));
    return index(source, [...before, places]);
  },
);

function inMode(i: Variable, x: Variable, axis: number, mode: unknown): Variable {
  switch (mode) {
    case 'raise':
      return i;
    case 'wrap':
      return mod(i, shapeAt(x, axis));
    case 'clip':
      return clip(i, 0, sub(shapeAt(x, axis), 1));
    default:
      throw new ValueError(`take: the mode cannot be ${JSON.stringify(mode)}`, {
        code: 'OP_TAKE_MODE',
        hint: "write 'raise', 'wrap' or 'clip'",
        data: { op: 'take', mode },
      });
  }
}
