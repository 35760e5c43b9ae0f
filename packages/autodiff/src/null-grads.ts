import { notImplemented, undefinedAt } from '@cotangent/graph';
import type { Absence, NullType, Op, Variable } from '@cotangent/graph';

/**
 * The answer of a rule for an input whose derivative nobody has written. Nothing is raised here: `grad`
 * raises NullTypeGradError if a derivative that is asked for depends on it.
 *
 * @param op - the op whose rule answers.
 * @param xPos - position of the input, from 0.
 * @param x - the input.
 * @param comment - appended to the explanation.
 * @returns a fresh stand-in of NullType, `reason: 'not-implemented'`.
 * @example pullback: ([yBar], { node, inputs }) => [gradNotImplemented(node.op, 0, inputs[0])]
 */
export function gradNotImplemented(
  op: Pick<Op, 'name'>,
  xPos: number,
  x: Variable,
  comment = '',
): Absence<NullType> {
  return notImplemented(why('is not implemented', op, xPos, x, comment));
}

/**
 * The answer of a rule for an input by which the op has no derivative, mathematically; otherwise as
 * {@link gradNotImplemented}, with `reason: 'undefined'`.
 */
export function gradUndefined(
  op: Pick<Op, 'name'>,
  xPos: number,
  x: Variable,
  comment = '',
): Absence<NullType> {
  return undefinedAt(why('is mathematically undefined', op, xPos, x, comment));
}

function why(
  what: string,
  op: Pick<Op, 'name'>,
  xPos: number,
  x: Variable,
  comment: string,
): string {
  const tail = comment === '' ? '' : `. ${comment}`;
  return `the derivative of ${op.name} by its input ${xPos} (${x.toString()}) ${what}${tail}`;
}
