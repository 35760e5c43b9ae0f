import {
  ArgumentTypeError,
  DTypeError,
  InnerGraph,
  ValueError,
  asVariable,
  callable,
  constant,
  formatType,
  isVariable,
} from '@cotangent/graph';
import type { Callable, Operand, Variable } from '@cotangent/graph';
import { flip } from '../shape/flip.ts';
import { slice } from '../shape/slice.ts';
import { lengthOf, readSequence, readState } from './scan-arguments.ts';
import type { WithTaps } from './scan-arguments.ts';
import { buildScan, scanOp } from './scan-op.ts';
import type { ScanParts, ScanResult } from './scan-parts.ts';
import { checkpointed, truncated } from './scan-segments.ts';
import type { Checkpoint } from './scan-segments.ts';
import { Until, traceStep } from './scan-trace.ts';
import type { StepResult, Traced } from './scan-trace.ts';

/** Options of {@link scan}. */
export interface LoopOptions {
  /**
   * What the loop goes through, along the first axis: a step receives one element of each. With `taps` it
   * receives several, at offsets from its own place: `{ value: x, taps: [-1, 0] }`. All of one length.
   */
  readonly sequences?: readonly (Operand | WithTaps)[];
  /**
   * The states before the first step: a step receives them and returns new ones. With taps it receives
   * earlier ones too: `{ value, taps: [-2, -1] }`, where `value` holds as many as the deepest tap asks for,
   * the oldest first.
   */
  readonly initial?: readonly (Operand | WithTaps)[];
  /** What every step receives unchanged. Variables that `step` uses from around it need not be listed. */
  readonly nonSequences?: readonly Operand[];
  /** How many steps to take: a whole number, or an int32 scalar. Default: the length of the sequences. */
  readonly nSteps?: number | Variable;
  /** Go through the sequences from their end. Default false. */
  readonly goBackwards?: boolean;
  /** Derivatives flow through the last so many steps only; before them everything counts as constant. */
  readonly truncateGradient?: number;
  /**
   * What reverse mode keeps of the forward loop. `'all'`: what the steps back need, O(T) memory for T steps.
   * `'sqrt'` or a number k: the states before every √T-th or k-th step, from which the steps between are
   * taken again: O(√T) or O(T/k + k) memory for at most one more forward loop. Default `'all'`.
   */
  readonly checkpoint?: Checkpoint;
  /**
   * What to return: `'all'` values of the states, stacked, and of the further outputs; or only the `'last'` value
   * of each state, the initial one if no step is taken: then nothing is stacked, and `step` returns states only.
   * Default `'all'`.
   */
  readonly keep?: 'all' | 'last';
}

/**
 * A loop: `step` is applied to one element of each sequence after another, and to states that it renews.
 *
 * `step` receives one argument for each tap of each sequence, then for each tap of each state, then for each
 * non-sequence. It returns the new states and then whatever else is to be collected; with {@link until} at the
 * end the loop stops after the step at which the condition is true. It is run once or twice, when the loop is
 * built, and may use any variable around it.
 *
 * @returns for each state, then for each further output, its values at all steps along a new first axis; the
 *   initial states are not among them. After an early stop only the values at the steps that were taken.
 * @throws ValueError `OP_SCAN_STEPS`, `OP_SCAN_TAPS`, `OP_SCAN_INITIAL`, `OP_SCAN_RESULTS`, `OP_SCAN_OPTION`;
 *   ShapeError `OP_SCAN_LENGTHS`, `OP_SCAN_SEQUENCE`, `OP_SCAN_STATE_SHAPE`, `OP_SCAN_OUTPUT_SHAPE`, at run
 *   time where sizes are not known before; DTypeError `OP_SCAN_STATE_DTYPE`, `OP_SCAN_CONDITION`,
 *   `OP_SCAN_STEPS`; ArgumentTypeError `GRAPH_NOT_A_VARIABLE` if the step returns anything else.
 * @example
 * // s_t = 0.9 s_{t−1} + x_t
 * const [s] = scan((x, s) => [add(mul(0.9, s), x)], { sequences: [xs], initial: [0] });
 * @see Griewank & Walther (2008), Evaluating Derivatives, ch. 12 (checkpoints).
 */
export const scan: Callable<
  (step: (...args: readonly Variable[]) => StepResult, options: LoopOptions) => readonly Variable[]
> = callable(
  scanOp.op,
  (
    step: (...args: readonly Variable[]) => StepResult,
    options: LoopOptions,
  ): readonly Variable[] => {
    const { finals, stacked, count } = runScan('scan', step, options);
    if (options.keep === 'last') return finals;
    return count === undefined ? stacked : stacked.map((y) => slice(y, [{ stop: count }]));
  },
);

/**
 * The condition under which a {@link scan} stops after the current step: the last of what the step returns.
 * Nothing is differentiated through it.
 *
 * @param condition - a bool scalar.
 * @throws DTypeError `OP_SCAN_CONDITION` if it is not.
 * @example scan((s) => [mul(2, s), until(gt(s, 100))], { initial: [1], nSteps: 50 })
 */
export function until(condition: Operand): Until {
  const x = asVariable(condition, 'until');
  if (x.dtype === 'bool' && x.rank === 0) return new Until(x);
  throw new DTypeError(`until: the condition is ${formatType(x.type)}, not a bool scalar`, {
    code: 'OP_SCAN_CONDITION',
    hint: 'reduce it with all or any, or compare scalars',
    data: { op: 'until', type: x.type },
  });
}

/** A scan with all that comes of it: what is stacked are the states and then the further outputs. */
export function runScan(
  op: string,
  step: (...args: readonly Variable[]) => StepResult,
  options: LoopOptions,
): ScanResult {
  checkOptions(op, step, options);
  const read = (options.sequences ?? []).map((entry, k) => readSequence(entry, k, op));
  const whole = read.flatMap(({ parts }) => parts);
  const length = lengthOf(options.nSteps, whole, op);
  const sequences = whole.map((x) => {
    const ordered = options.goBackwards === true && x.rank > 0 ? flip(x, { axis: 0 }) : x;
    const isWhole = options.nSteps === undefined || x.rank === 0 || x.shape[0] === length;
    return isWhole ? ordered : slice(ordered, [{ stop: length }]);
  });
  const states = (options.initial ?? []).map((entry, m) => readState(entry, m, op));
  const traced = traceStep({
    op,
    run: step,
    elements: sequences.map(({ type }) => ({ ...type, shape: type.shape.slice(1) })),
    names: sequences.map(({ name }) => name),
    states,
    nonSequences: (options.nonSequences ?? []).map((x, k) => asVariable(x, op, k)),
  });
  const parts: ScanParts = {
    ...traced,
    step: options.keep === 'last' ? withoutStacks(op, traced, states.length) : traced.step,
    sequences,
    length: typeof length === 'number' ? constant(length, { dtype: 'int32' }) : length,
  };
  const result = differentiatedAs(op, parts, options);
  let place = 0;
  const latest = states.map(({ history }) => {
    const final = result.finals[place]!;
    place += history.length;
    return final;
  });
  return { ...result, finals: latest };
}

/** The step without what it gives to be stacked. */
function withoutStacks(
  op: string,
  { step, initial, until: stops }: Traced,
  states: number,
): InnerGraph {
  const { inputs, outputs } = step;
  const extra = outputs.length - initial.length - states - (stops ? 1 : 0);
  if (extra === 0) {
    const condition = stops ? outputs.slice(-1) : [];
    return new InnerGraph(inputs, [...outputs.slice(0, initial.length), ...condition]);
  }
  throw new ValueError(`${op}: the step returned ${extra} values beside its ${states} states`, {
    code: 'OP_SCAN_RESULTS',
    hint: "keep: 'last' returns states only; make the value a state, or leave the option out",
    data: { op, expected: states, got: states + extra },
  });
}

function differentiatedAs(op: string, parts: ScanParts, options: LoopOptions): ScanResult {
  const { truncateGradient, checkpoint = 'all' } = options;
  if (parts.until === true && (truncateGradient !== undefined || checkpoint !== 'all')) {
    throw new ValueError(`${op}: a loop with until has no truncateGradient and no checkpoint`, {
      code: 'OP_SCAN_OPTION',
      hint: 'leave the options out, or take a fixed number of steps',
      data: { op },
    });
  }
  const last = (of: ScanParts): ScanResult => checkpointed(of, checkpoint, buildScan);
  return truncateGradient === undefined
    ? last(parts)
    : truncated(parts, truncateGradient, buildScan, last);
}

function checkOptions(op: string, step: unknown, options: LoopOptions): void {
  if (typeof step !== 'function') {
    throw new ArgumentTypeError(`${op}: the step is of type ${typeof step}, not a function`, {
      code: 'OP_SCAN_STEP',
      hint: `write ${op}((x, s) => …, …)`,
      data: { op },
    });
  }
  for (const name of ['sequences', 'initial', 'nonSequences'] as const) {
    const list: unknown = options[name];
    if (list === undefined || (Array.isArray(list) && !isVariable(list))) continue;
    throw new ArgumentTypeError(`${op}: ${name} is not an array`, {
      code: 'OP_SCAN_LIST',
      hint: `write ${name}: [x, …]`,
      data: { op, name },
    });
  }
  const { truncateGradient: k, checkpoint = 'all', keep = 'all' } = options;
  const isCount = (n: unknown): boolean => Number.isInteger(n) && Number(n) >= 1;
  const isKnown = checkpoint === 'all' || checkpoint === 'sqrt' || isCount(checkpoint);
  const wrong = [
    ...(k === undefined || isCount(k) ? [] : [`truncateGradient is ${k}`]),
    ...(isKnown ? [] : [`checkpoint is ${String(checkpoint)}`]),
    ...(keep === 'all' || keep === 'last' ? [] : [`keep is ${String(keep)}`]),
  ].join(' and ');
  if (wrong === '') return;
  throw new ValueError(`${op}: ${wrong}`, {
    code: 'OP_SCAN_OPTION',
    hint: "truncateGradient ≥ 1 is whole, checkpoint 'all', 'sqrt' or whole and ≥ 1, keep 'all' or 'last'",
    data: { op },
  });
}
