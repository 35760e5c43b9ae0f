import {
  ArgumentTypeError,
  DTypeError,
  InnerGraph,
  ValueError,
  asVariable,
  constant,
  formatType,
  isVariable,
} from '@cotangent/graph';
import type { Operand, Variable } from '@cotangent/graph';
import { logicalNot } from '../elementwise/comparison.ts';
import { where } from '../elementwise/selection.ts';
import { returnedVariables } from './capture.ts';
import { buildScan } from './scan-op.ts';
import { unboundedLength } from './scan-parts.ts';
import { Until, traceStep } from './scan-trace.ts';

/** Options of {@link whileLoop}. */
export interface WhileOptions {
  /** Stop after so many steps even if the condition still holds. Default: no bound. */
  readonly maxSteps?: number;
}

type Step = (...states: readonly Variable[]) => Variable | readonly Variable[];

/**
 * The states after `body` has been applied to them as long as `condition` holds; the initial ones if it does
 * not hold at all.
 *
 * Both modes work. Reverse mode records each step: with `maxSteps` in memory for that many, without it in
 * memory for the steps that were taken, whose number is not known before the loop has run.
 *
 * @param condition - from the states, a bool scalar. Nothing is differentiated through it.
 * @param body - from the states, the new ones, of the same dtypes and shapes. Both functions are run when the
 *   loop is built and may use variables around them.
 * @param initial - the states before the first step, one operand or an array of them.
 * @returns the states at the end: a variable if `initial` is not an array, else an array.
 * @throws DTypeError `OP_SCAN_CONDITION`; ValueError `OP_SCAN_STEPS`, `OP_SCAN_RESULTS`; what {@link scan}
 *   throws about states.
 * @example
 * // the square root of a, by Newton's method
 * const error = (x) => abs(sub(mul(x, x), a));
 * whileLoop((x) => gt(error(x), 1e-12), (x) => div(add(x, div(a, x)), 2), 1, { maxSteps: 50 })
 */
export function whileLoop(
  condition: (...states: readonly Variable[]) => Variable,
  body: Step,
  initial: readonly Operand[],
  options?: WhileOptions,
): readonly Variable[];
export function whileLoop(
  condition: (...states: readonly Variable[]) => Variable,
  body: Step,
  initial: Exclude<Operand, readonly unknown[]>,
  options?: WhileOptions,
): Variable;
export function whileLoop(
  condition: (...states: readonly Variable[]) => Variable,
  body: Step,
  initial: Operand | readonly Operand[],
  { maxSteps }: WhileOptions = {},
): Variable | readonly Variable[] {
  checkMost(maxSteps);
  const list: readonly Operand[] = Array.isArray(initial) ? initial : [initial as Operand];
  const bound = maxSteps ?? unboundedLength;
  const {
    step,
    initial: start,
    constants,
  } = traceStep({
    op: 'whileLoop',
    run: (...states) => {
      const next = returnedVariables(body(...states), 'whileLoop', 'the body');
      checkCount(next, list.length);
      return [...next, new Until(logicalNot(checked(condition(...next))))];
    },
    elements: [],
    names: [],
    states: list.map((x, m) => ({ history: [asVariable(x, 'whileLoop', m)], reads: [0] })),
    nonSequences: [],
  });
  const holds = checked(condition(...start));
  const { finals } = buildScan({
    step: new InnerGraph(step.inputs, [
      ...step.outputs.slice(0, list.length),
      ...step.outputs.slice(-1), // the condition: nothing is stacked
    ]),
    sequences: [],
    initial: start,
    constants,
    length: constant(bound, { dtype: 'int32' }),
    limit: where(holds, constant(bound, { dtype: 'int32' }), constant(0, { dtype: 'int32' })),
    until: true,
  });
  return Array.isArray(initial) ? finals : finals[0]!;
}

function checkMost(maxSteps: number | undefined): void {
  if (maxSteps === undefined) return;
  if (Number.isInteger(maxSteps) && maxSteps >= 0 && maxSteps < unboundedLength) return;
  throw new ValueError(`whileLoop: maxSteps is ${maxSteps}`, {
    code: 'OP_SCAN_STEPS',
    hint: 'it is a whole number from 0 to 2^31 − 2',
    data: { op: 'whileLoop', maxSteps },
  });
}

function checkCount(next: readonly Variable[], expected: number): void {
  if (next.length === expected) return;
  throw new ValueError(
    `whileLoop: the body returned ${next.length} values for ${expected} states`,
    {
      code: 'OP_SCAN_RESULTS',
      hint: 'return the new value of each state',
      data: { op: 'whileLoop', expected, got: next.length },
    },
  );
}

function checked(condition: unknown): Variable {
  if (!isVariable(condition)) {
    throw new ArgumentTypeError('whileLoop: the condition is not a variable', {
      code: 'GRAPH_NOT_A_VARIABLE',
      hint: 'return a comparison of the states',
      data: { op: 'whileLoop' },
    });
  }
  if (condition.dtype === 'bool' && condition.rank === 0) return condition;
  throw new DTypeError(
    `whileLoop: the condition is ${formatType(condition.type)}, not a bool scalar`,
    {
      code: 'OP_SCAN_CONDITION',
      hint: 'reduce it with all or any, or compare scalars',
      data: { op: 'whileLoop', type: condition.type },
    },
  );
}
