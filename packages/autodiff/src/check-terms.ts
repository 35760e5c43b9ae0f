import { isFloat } from '@cotangent/tensor';
import {
  ArgumentTypeError,
  DTypeError,
  ShapeError,
  ValueError,
  disconnected,
  formatShape,
  isAbsence,
  isDisconnected,
  isNull,
  isVariable,
  isZero,
  shapesConflict,
  zero,
} from '@cotangent/graph';
import type { Apply, Tangent, Variable } from '@cotangent/graph';
import type { EngineCall } from './call.ts';
import { scalarBehind } from './scalars.ts';

/** What a rule returned, as an array of the right length; anything else is the op author's mistake. */
export function checkCount(
  node: Apply,
  rule: 'pullback' | 'pushforward',
  returned: unknown,
): readonly unknown[] {
  const expected = rule === 'pullback' ? node.inputs.length : node.outputs.length;
  const what = rule === 'pullback' ? 'inputs' : 'outputs';
  if (!Array.isArray(returned)) {
    const got = returned === undefined || returned === null ? String(returned) : typeof returned;
    throw new ArgumentTypeError(`${node.op.name}: its ${rule} returned ${got}, not an array`, {
      code: 'OP_RULE_NOT_ARRAY',
      hint: `return an array with one entry for each of its ${expected} ${what}`,
      data: { op: node.op.name, rule },
    });
  }
  if (returned.length !== expected) {
    throw new ValueError(
      `${node.op.name}: its ${rule} returned ${returned.length} entries for ${expected} ${what}`,
      {
        code: 'OP_RULE_COUNT',
        hint: `return one entry for each of the ${what}; zero and disconnected are entries too`,
        data: { op: node.op.name, rule, expected, got: returned.length },
      },
    );
  }
  return returned;
}

/** One entry as a tangent: a float variable or a named absence. */
export function checkEntry(
  node: Apply,
  rule: 'pullback' | 'pushforward',
  entry: unknown,
  position: number,
): Tangent {
  const where = `${rule === 'pullback' ? 'term of input' : 'tangent of output'} ${position}`;
  const data = { op: node.op.name, rule, position };
  if (isAbsence(entry)) return entry;
  if (!isVariable(entry)) {
    const got = entry === null || entry === undefined ? String(entry) : `a ${typeof entry}`;
    throw new ArgumentTypeError(`${node.op.name}: the ${where} is ${got}, not a variable`, {
      code: 'OP_RULE_NOT_VARIABLE',
      hint: 'say zero, disconnected, undefinedAt(why) or notImplemented(why) where there is nothing',
      data,
    });
  }
  if (!isFloat(entry.dtype)) {
    throw new DTypeError(`${node.op.name}: the ${where} has dtype ${entry.dtype}`, {
      code: 'OP_RULE_DTYPE',
      hint: 'derivatives are floating; for a step function return zero',
      data: { ...data, dtype: entry.dtype },
    });
  }
  return entry;
}

/** Static rank and sizes of a term or tangent, once projected, against the variable it belongs to. */
export function checkShape(
  node: Apply,
  rule: 'pullback' | 'pushforward',
  tangent: Variable,
  like: Variable,
  position: number,
): void {
  if (!shapesConflict(tangent.shape, like.shape)) return;
  const [entry, whose] = rule === 'pullback' ? ['term', 'input'] : ['tangent', 'output'];
  throw new ShapeError(
    `${node.op.name}: the ${entry} of ${whose} ${position} has shape ${formatShape(tangent.shape)}, ` +
      `the ${whose} ${formatShape(like.shape)}`,
    {
      code: 'OP_RULE_SHAPE',
      hint: `return a ${entry} of the ${whose}'s own shape`,
      data: { op: node.op.name, rule, position, expected: like.shape, got: tangent.shape },
    },
  );
}

/** How one input of a node stands to the cotangents of its outputs. */
export interface InputStanding {
  /** Some output with a cotangent is marked in the input's row of the pattern. */
  readonly connected: boolean;
  /** No entry of the row is marked at all. */
  readonly isolated: boolean;
  /** Every such output has a discrete dtype. */
  readonly onlyDiscrete: boolean;
  /** Of such an output the derivative does not exist; it does not for this input either. */
  readonly null: Tangent | undefined;
}

/**
 * The term of one input as the engine uses it, or the typed error for a term that contradicts the
 * op's own connection pattern.
 */
export function settleTerm(
  node: Apply,
  i: number,
  term: Tangent,
  standing: InputStanding,
  call: EngineCall,
): Tangent {
  if (!standing.connected) return settleUnconnected(node, i, term, standing);
  if (isDisconnected(term)) return undeclared(node, i, call);
  if (standing.null !== undefined) return standing.null;
  return standing.onlyDiscrete && isVariable(term) ? settleDiscrete(node, i, term, call) : term;
}

function settleUnconnected(
  node: Apply,
  i: number,
  term: Tangent,
  { isolated }: InputStanding,
): Tangent {
  // Zeros stood in for cotangents that are not there, so the term of a row that is live elsewhere is 0.
  const mayBeIgnored = isDisconnected(term) || isZero(term) || (!isolated && !isNull(term));
  if (mayBeIgnored && (!isolated || !isVariable(term))) return disconnected;
  throw new DTypeError(
    `${node.op.name}: input ${i} is not connected, yet its term is ${isNull(term) ? 'null' : 'a gradient'}`,
    {
      code: 'OP_RULE_NOT_CONNECTED',
      hint: 'return disconnected for it, or mark it in the connection pattern',
      data: { op: node.op.name, position: i },
    },
  );
}

function undeclared(node: Apply, i: number, call: EngineCall): Tangent {
  const message = `${node.op.name}: input ${i} is connected, yet its term is disconnected`;
  if (node.op.connectionPattern !== undefined) {
    throw new DTypeError(message, {
      code: 'OP_RULE_CONNECTED',
      hint: 'return zero, or clear the entry in the connection pattern',
      data: { op: node.op.name, position: i },
    });
  }
  call.warn('GRAD_UNDECLARED_DISCONNECTION', `${message}; give the op a connectionPattern`);
  return disconnected;
}

function settleDiscrete(node: Apply, i: number, term: Variable, call: EngineCall): Tangent {
  const what = `${node.op.name}: input ${i} reaches only discrete outputs`;
  const known = scalarBehind(term) ?? term;
  if (known.kind !== 'constant') {
    call.warn('GRAD_DISCRETE_TERM', `${what}, and its term is not certainly zero`, term);
    return term;
  }
  if (!hasNonzero(known.value.toArray())) return zero;
  throw new ValueError(`${what}, yet its term is not zero`, {
    code: 'OP_RULE_DISCRETE',
    hint: 'a function with discrete values is a step function: return zero',
    data: { op: node.op.name, position: i },
  });
}

function hasNonzero(nested: unknown): boolean {
  return Array.isArray(nested) ? nested.some(hasNonzero) : nested !== 0 && nested !== false;
}
