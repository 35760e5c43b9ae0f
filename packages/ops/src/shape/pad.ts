import { ShapeError, ValueError } from '@cotangent/tensor';
import { asVariable } from '@cotangent/graph';
import type { Operand, Variable } from '@cotangent/graph';
import { add, sub } from '../elementwise/arithmetic.ts';
import { mod } from '../elementwise/division.ts';
import { clip, maximum, minimum } from '../elementwise/selection.ts';
import { arange } from '../create/arange.ts';
import { take } from '../indexing/take.ts';
import { broadcastTo } from './broadcast.ts';
import { fitting } from './fitting.ts';
import { shapeAt } from './size.ts';
import { setSlice } from './slice.ts';

/** Options of {@link pad}. */
export interface PadOptions {
  /** What is put around, in mode `'constant'`: a scalar. Default 0. */
  readonly value?: Operand | undefined;
  /**
   * `'constant'` (default); `'edge'` repeats the outermost entries; `'reflect'` mirrors about them; `'symmetric'` mirrors and
   * repeats them; `'wrap'` goes on from the other end.
   */
  readonly mode?: 'constant' | 'edge' | 'reflect' | 'symmetric' | 'wrap' | undefined;
}

/**
 * `x` with entries added before and after along each axis.
 *
 * @param widths - `[before, after]` for each axis, whole numbers ≥ 0; one pair stands for all axes.
 * @throws ValueError `OP_INVALID_SIZE` for a width that is not whole or negative; `OP_PAD_MODE` for another word, or a value
 *   in a mode that has none; `INDEX_OUT_OF_RANGE` at run time for an empty axis in another mode than `'constant'`; ShapeError
 *   `OP_PAD_WIDTHS` if there is not one pair for each axis, or the value is no scalar; DTypeError `OP_DTYPE_NARROWING` if the
 *   dtype of `x` does not hold the value.
 * @example pad([1, 2], [[1, 2]])                    // [0, 1, 2, 0, 0]
 * @example pad([1, 2, 3], [[2, 1]], { mode: 'reflect' }) // [3, 2, 1, 2, 3, 2]
 */
export function pad(
  x: Operand,
  widths: readonly (readonly [before: number, after: number])[],
  options: PadOptions = {},
): Variable {
  const variable = asVariable(x, 'pad');
  const pairs = checkedWidths(widths, variable);
  const mode = checkedMode(options);
  if (mode === 'constant') return surrounded(variable, pairs, options.value ?? 0);
  return pairs.reduce((y, [before, after], axis) => {
    if (before === 0 && after === 0) return y;
    const n = y.shape[axis] ?? shapeAt(y, axis);
    const stop = typeof n === 'number' ? n + after : add(n, after);
    const places = arange(-before, stop, 1, { dtype: 'int32' });
    return take(y, inside(places, n, mode), { axis });
  }, variable);
}

type Widths = readonly (readonly [before: number, after: number])[];
type Mirror = Exclude<NonNullable<PadOptions['mode']>, 'constant'>;

/** The entry of an axis of size `n` that stands at each place in or outside of it. */
function inside(places: Variable, n: number | Variable, mode: Mirror): Variable {
  const last = sub(n, 1);
  switch (mode) {
    case 'edge':
      return clip(places, 0, last);
    case 'wrap':
      return mod(places, n);
    case 'reflect': {
      const period = maximum(add(last, last), 1); // an axis of size 1 has nothing but its entry
      const phase = mod(places, period);
      return minimum(phase, sub(add(last, last), phase));
    }
    case 'symmetric': {
      const phase = mod(places, add(n, n));
      return minimum(phase, sub(add(n, last), phase));
    }
    default:
      return mode satisfies never;
  }
}

/** x in the middle of a larger tensor. */
function surrounded(x: Variable, pairs: Widths, value: Operand): Variable {
  const [, fill] = fitting(x, value, 'pad');
  if (fill.rank > 0) throw misfit(`the value has rank ${fill.rank}`, 'it must be a scalar', x);
  if (pairs.every(([before, after]) => before === 0 && after === 0)) return x;
  const sizes = pairs.map(([before, after], axis) => {
    const n = x.shape[axis] ?? shapeAt(x, axis);
    return typeof n === 'number' ? before + n + after : add(n, before + after);
  });
  const middle = pairs.map(([before, after]) => ({
    start: before,
    ...(after > 0 && { stop: -after }),
  }));
  return setSlice(broadcastTo(fill, sizes), x, middle);
}

function checkedWidths(widths: Widths, x: Variable): Widths {
  const all = widths.length === 1 ? x.shape.map(() => widths[0]!) : widths;
  if (all.length !== x.rank) {
    throw misfit(`${widths.length} pairs of widths`, 'give one [before, after] for each axis', x);
  }
  for (const width of all.flat()) {
    if (Number.isInteger(width) && width >= 0) continue;
    throw new ValueError(`pad: the width ${String(width)} is not valid`, {
      code: 'OP_INVALID_SIZE',
      hint: 'a width is a whole number ≥ 0; slice takes entries away',
      data: { op: 'pad', width },
    });
  }
  return all;
}

const modes = ['constant', 'edge', 'reflect', 'symmetric', 'wrap'] as const;

function checkedMode({ mode = 'constant', value }: PadOptions): (typeof modes)[number] {
  if (modes.includes(mode) && (mode === 'constant' || value === undefined)) return mode;
  throw new ValueError(
    modes.includes(mode)
      ? `pad: mode '${mode}' has no value`
      : `pad: the mode cannot be ${JSON.stringify(mode)}`,
    {
      code: 'OP_PAD_MODE',
      hint: `modes are ${modes.join(', ')}; a value goes with 'constant'`,
      data: { op: 'pad', mode },
    },
  );
}

function misfit(what: string, hint: string, x: Variable): ShapeError {
  return new ShapeError(`pad: ${what} for ${x.toString()}`, {
    code: 'OP_PAD_WIDTHS',
    hint,
    data: { op: 'pad', shape: x.shape },
  });
}
