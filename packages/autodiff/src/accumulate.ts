import { isFloat } from '@cotangent/tensor';
import { add, broadcastLike, castTo, sumLike } from '@cotangent/ops';
import {
  VariableTable,
  disconnected,
  isAbsence,
  isDisconnected,
  isNull,
  provablySameShape,
  shapeSourceOf,
} from '@cotangent/graph';
import type { Apply, Tangent, Variable } from '@cotangent/graph';

/** The sum of two tangents: null is contagious, disconnected and zero add nothing. */
export function sumTangents(a: Tangent, b: Tangent): Tangent {
  if (isNull(a)) return a;
  if (isNull(b)) return b;
  if (isDisconnected(a)) return b;
  if (isDisconnected(b)) return a;
  if (isAbsence(a)) return b;
  if (isAbsence(b)) return a;
  return add(a, b);
}

/** variable ↦ sum of what was added for it, in the order of arrival; disconnected if nothing was. */
export class TangentMap {
  readonly #sums: VariableTable<Tangent>;

  /** @param nodes - whose results have most of the tangents. */
  constructor(nodes: readonly Apply[] = []) {
    this.#sums = new VariableTable(nodes);
  }

  add(x: Variable, tangent: Tangent): void {
    const sum = this.#sums.get(x);
    this.#sums.set(x, sum === undefined ? tangent : sumTangents(sum, tangent));
  }

  get(x: Variable): Tangent {
    return this.#sums.get(x) ?? disconnected;
  }
}

/** `tangent` in the dtype of `x` when that is floating; a discrete `x` leaves it as it is. */
export function castLike(x: Variable, tangent: Variable): Variable {
  return isFloat(x.dtype) ? castTo(tangent, x.dtype) : tangent;
}

/**
 * The term of input `i` of a node, in the shape and dtype of that input. A node whose op broadcasts
 * gives terms of the output's shape; they are summed over the axes along which the input was repeated.
 *
 * @param isNarrow - the rule took a scalar for a repeated cotangent, so the term may have to be repeated.
 */
export function projectTerm(node: Apply, i: number, term: Variable, isNarrow = false): Variable {
  const x = node.inputs[i]!;
  // A scalar that stands for a repeated cotangent may look like a scalar x, yet is not summed over y.
  const isInShape = !isNarrow && provablySameShape(term, x);
  if (node.op.broadcasts !== true || isInShape) return castLike(x, term);
  const y = node.outputs[0]!;
  const shape = shapeSourceOf(y);
  const isWhole = !isNarrow || provablySameShape(term, y);
  const whole = isWhole ? term : broadcastLike(term, shape);
  return castLike(x, provablySameShape(y, x) ? whole : sumLike(whole, shapeSourceOf(x)));
}

/**
 * The tangent of output `j` of a node, in the shape and dtype of that output: where only inputs of a
 * smaller shape have tangents, or scalars stand for them, it is repeated.
 *
 * @param whole - the inputs whose tangents the rule took in full.
 */
export function projectOutput(
  node: Apply,
  j: number,
  tangent: Variable,
  whole: readonly Variable[],
): Variable {
  const y = node.outputs[j]!;
  const mayBroadcast =
    node.op.broadcasts === true &&
    !provablySameShape(tangent, y) &&
    !whole.some((x) => provablySameShape(x, y));
  return castLike(y, mayBroadcast ? broadcastLike(tangent, shapeSourceOf(y)) : tangent);
}
