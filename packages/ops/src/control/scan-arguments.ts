import { ArgumentTypeError, ValueError, asVariable, isVariable } from '@cotangent/graph';
import type { Operand, Variable } from '@cotangent/graph';
import { shapeAt } from '../shape/size.ts';
import { slice } from '../shape/slice.ts';

/** Values with the offsets at which a step reads them. */
export interface WithTaps {
  readonly value: Operand;
  /** For a sequence 0 is the element of the step, −1 the one before; for a state −1 is the last value. */
  readonly taps: readonly number[];
}

/** A sequence, shortened by its taps: one variable for each of them. */
export interface Tapped {
  readonly parts: readonly Variable[];
}

/** A state: what it was at the last steps, the latest first, and which of them a step reads. */
export interface State {
  readonly history: readonly Variable[];
  /** For each argument of the step the place in the history. */
  readonly reads: readonly number[];
}

/**
 * A sequence as a step reads it: at tap k of step t stands element t + k, counted from the first element for
 * which all taps exist.
 */
export function readSequence(entry: Operand | WithTaps, position: number, op: string): Tapped {
  const { value, taps } = withTaps(entry, [0]);
  const x = asVariable(value, op, position);
  checkTaps(taps, () => true, position, op, 'a sequence');
  if (x.rank === 0 || taps.every((tap) => tap === 0)) return { parts: taps.map(() => x) };
  const [least, most] = [Math.min(0, ...taps), Math.max(0, ...taps)];
  return {
    parts: taps.map((tap) => {
      const stop = tap - most;
      return slice(x, [stop === 0 ? { start: tap - least } : { start: tap - least, stop }]);
    }),
  };
}

/** A state from its initial value: with taps below −1 that holds the values before the first step, oldest first. */
export function readState(entry: Operand | WithTaps, position: number, op: string): State {
  const { value, taps } = withTaps(entry, [-1]);
  const x = asVariable(value, op, position);
  checkTaps(taps, (tap) => tap < 0, position, op, 'a state');
  const depth = -Math.min(...taps);
  if (depth === 1) return { history: [x], reads: taps.map(() => 0) };
  const size = x.shape[0];
  if (x.rank === 0 || (typeof size === 'number' && size !== depth)) {
    throw new ValueError(`${op}: initial value ${position} does not hold ${depth} values`, {
      code: 'OP_SCAN_INITIAL',
      hint: `taps down to -${depth} need the ${depth} values before the first step along the first axis`,
      data: { op, position, shape: x.shape, taps },
    });
  }
  const history = Array.from({ length: depth }, (_, k) => slice(x, [depth - 1 - k]));
  return { history, reads: taps.map((tap) => -1 - tap) };
}

function withTaps(entry: Operand | WithTaps, usual: readonly number[]): WithTaps {
  return isWithTaps(entry) ? entry : { value: entry, taps: usual };
}

function isWithTaps(entry: Operand | WithTaps): entry is WithTaps {
  return typeof entry === 'object' && entry !== null && 'taps' in entry && 'value' in entry;
}

function checkTaps(
  taps: readonly number[],
  isAllowed: (tap: number) => boolean,
  position: number,
  op: string,
  what: string,
): void {
  const isValid =
    Array.isArray(taps) &&
    taps.length > 0 &&
    taps.every((tap) => Number.isInteger(tap) && isAllowed(tap));
  if (isValid) return;
  throw new ValueError(`${op}: taps ${String(taps)} of ${what} (position ${position})`, {
    code: 'OP_SCAN_TAPS',
    hint: 'taps are whole numbers, at least one; those of a state are negative',
    data: { op, position, taps },
  });
}

/** How many steps: what is asked for, else the length of the sequences. */
export function lengthOf(
  nSteps: number | Variable | undefined,
  sequences: readonly Variable[],
  op: string,
): number | Variable {
  if (nSteps !== undefined) return checkedCount(nSteps, op);
  const [first] = sequences;
  if (first === undefined) {
    throw new ValueError(`${op}: nothing says how many steps to take`, {
      code: 'OP_SCAN_STEPS',
      hint: 'give nSteps, or a sequence',
      data: { op },
    });
  }
  if (first.rank === 0) return 0; // inference refuses the sequence
  const known = sequences.map((x) => x.shape[0] ?? null).find((n) => n !== null);
  return known ?? shapeAt(first, 0);
}

function checkedCount(nSteps: number | Variable, op: string): number | Variable {
  if (isVariable(nSteps)) {
    if (nSteps.kind === 'constant' && nSteps.rank === 0)
      return checkedCount(nSteps.value.item(), op);
    return nSteps;
  }
  if (typeof nSteps !== 'number') {
    throw new ArgumentTypeError(`${op}: nSteps is of type ${typeof nSteps}`, {
      code: 'OP_SCAN_STEPS',
      hint: 'give a whole number or an int32 scalar',
      data: { op },
    });
  }
  if (Number.isInteger(nSteps) && nSteps >= 0 && nSteps < 2 ** 31 - 1) return nSteps;
  throw new ValueError(`${op}: nSteps is ${nSteps}`, {
    code: 'OP_SCAN_STEPS',
    hint: 'it is a whole number from 0 to 2^31 − 2',
    data: { op, nSteps },
  });
}
