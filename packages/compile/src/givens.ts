import { DTypeError, ShapeError, ValueError } from '@cotangent/tensor';
import { cast } from '@cotangent/ops';
import { Constant, formatType, rebuild, shapesConflict } from '@cotangent/graph';
import type { Apply, Variable } from '@cotangent/graph';

/** What is visited: a node, or a variable that is to be replaced. */
type Step = Apply | Variable;

/**
 * The graph of `outputs` with some variables replaced, and with the same replacements made in what
 * replaces them.
 *
 * @throws ValueError `COMPILE_CYCLIC_GIVENS` if a variable is needed for its own replacement; DTypeError
 *   `COMPILE_GIVEN_DTYPE`, ShapeError `COMPILE_GIVEN_SHAPE` if a replacement does not fit; what the
 *   inference of an op throws when it does not take the replacements.
 */
export function substitute(
  outputs: readonly Variable[],
  givens: ReadonlyMap<Variable, Variable>,
): readonly Variable[] {
  if (givens.size === 0) return outputs;
  for (const [from, to] of givens) checkGiven(from, to);
  const mapped = new Map<Variable, Variable>();
  const now = (x: Variable): Variable => mapped.get(x) ?? x;
  for (const step of stepsOf(outputs, givens)) {
    if (step.kind !== 'apply') mapped.set(step, likeWeak(now(givens.get(step)!), step));
    else rebuildInto(mapped, step, givens);
  }
  return outputs.map(now);
}

function rebuildInto(
  mapped: Map<Variable, Variable>,
  node: Apply,
  givens: ReadonlyMap<Variable, Variable>,
): void {
  const rebuilt = rebuild(
    node,
    node.inputs.map((x) => mapped.get(x) ?? x),
  );
  if (rebuilt === node) return;
  node.outputs.forEach((y, i) => {
    const now = rebuilt.outputs[i]!;
    if (givens.has(y)) return;
    if (now.dtype !== y.dtype) throw changedDType(node, y, now);
    mapped.set(y, now);
  });
}

/** Nodes and replaced variables in an order in which each comes after those it needs. */
function stepsOf(
  outputs: readonly Variable[],
  givens: ReadonlyMap<Variable, Variable>,
): readonly Step[] {
  const order: Step[] = [];
  const state = new Map<Step, 'open' | 'done'>();
  const stack: Step[] = [];
  const push = (x: Variable): void => {
    const step = givens.has(x) ? x : x.kind === 'result' ? x.owner : undefined;
    if (step === undefined || state.get(step) === 'done') return;
    if (state.get(step) === 'open') throw cyclic(stack, state, step);
    stack.push(step);
  };
  outputs.toReversed().forEach(push);
  while (stack.length > 0) {
    const step = stack[stack.length - 1]!;
    const seen = state.get(step);
    if (seen === undefined) {
      state.set(step, 'open');
      const needed = step.kind === 'apply' ? step.inputs : [givens.get(step)!];
      for (let i = needed.length - 1; i >= 0; i--) push(needed[i]!);
      continue;
    }
    stack.pop();
    if (seen === 'open') {
      state.set(step, 'done');
      order.push(step);
    }
  }
  return order;
}

function cyclic(
  stack: readonly Step[],
  state: ReadonlyMap<Step, 'open' | 'done'>,
  start: Step,
): ValueError {
  const path = stack.slice(stack.lastIndexOf(start)).filter((step) => state.get(step) === 'open');
  const variables = [...new Set(path.filter((step) => step.kind !== 'apply'))];
  const names = variables.map((x) => x.toString()).join(' → ');
  return new ValueError(`compile: the givens need each other in a circle: ${names}`, {
    code: 'COMPILE_CYCLIC_GIVENS',
    hint: 'no replacement may depend, through other replacements, on the variable it replaces',
    data: { variables },
  });
}

function checkGiven(from: Variable, to: Variable): void {
  const data = { variable: from, replacement: to };
  if (from.dtype !== to.dtype) {
    throw new DTypeError(`compile: given ${from.toString()} cannot become ${to.toString()}`, {
      code: 'COMPILE_GIVEN_DTYPE',
      hint: `cast the replacement to ${from.dtype}`,
      data,
    });
  }
  if (shapesConflict(from.shape, to.shape)) {
    throw new ShapeError(`compile: given ${from.toString()} cannot become ${to.toString()}`, {
      code: 'COMPILE_GIVEN_SHAPE',
      hint: `the replacement must fit ${formatType(from.type)}`,
      data,
    });
  }
}

/** `to`, made weak or strong like `from` where possible, so that promotion gives the same dtypes. */
function likeWeak(to: Variable, from: Variable): Variable {
  const { kind, dtype, shape } = to.type;
  if (to.type.weak === from.type.weak) return to;
  if (to.kind === 'constant') {
    const type = { kind, dtype, shape };
    const isWeak = from.type.weak === true;
    return new Constant(isWeak ? { ...type, weak: true } : type, to.value, to.name);
  }
  return from.type.weak === true ? to : cast(to, dtype);
}

function changedDType({ op }: Apply, before: Variable, after: Variable): DTypeError {
  const message = `compile: with its givens, ${op.name} gives ${after.dtype} and not ${before.dtype}`;
  return new DTypeError(message, {
    code: 'COMPILE_GIVEN_DTYPE',
    hint: 'a number or dimension was replaced by a tensor, which widens others; cast it to their dtype',
    data: { op: op.name, before, after },
  });
}
