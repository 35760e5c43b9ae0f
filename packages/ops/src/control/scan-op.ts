import {
  ShapeError,
  ValueError,
  assign,
  sameShape,
  tensorFrom,
  views,
  zerosTensor,
} from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import {
  DTypeError,
  Input,
  InnerGraph,
  defineOp,
  formatShape,
  formatType,
  isKnownShape,
  shapesConflict,
  tensorType,
} from '@cotangent/graph';
import type { OpFunction, OpSample, Shape, TensorType, Variable } from '@cotangent/graph';
import { add, mul } from '../elementwise/arithmetic.ts';
import { tanh } from '../elementwise/hyperbolic.ts';
import { withDTypes } from './capture.ts';
import { scanBatch } from './scan-batch.ts';
import { Flow, attrsOf, inputsOf, splitInputs, splitOutputs, stepOn } from './scan-parts.ts';
import type { ScanAttrs, ScanParts, ScanResult } from './scan-parts.ts';
import { lowerScan } from './scan-lower.ts';
import { pairedScans } from './scan-pair.ts';
import { scanPullback } from './scan-pullback.ts';
import { scanPushforward } from './scan-pushforward.ts';
import { simplifyScan } from './scan-simplify.ts';

/**
 * (s, y)_t = step(x_t, s_{t−1}, c) for t = 1 … n; gives s_n and all y_t stacked.
 * Pullback: the same loop backwards, λ_{t−1} = (∂s/∂s)ᵀ λ_t + (∂y/∂s)ᵀ ȳ_t.
 *
 * Inputs: the length n (an int32 scalar), sequences, initial states, constants, with `limited` a limit.
 */
export const scanOp: OpFunction<number, number, ScanAttrs> = defineOp<number, number, ScanAttrs>(
  'scan',
  { inputs: 'variadic', outputs: 'variadic' },
  {
    infer: (types, attrs, inputs) => inferScan(types, attrs, inputs),
    connectionPattern: ({ attrs }) => new Flow(attrs as ScanAttrs).nodePattern(), // defineOp made them
    handlesAbsent: true,
    pushforward: (xDots, context) => scanPushforward(xDots, context, buildScan),
    pullback: (yBars, context) => scanPullback(yBars, context, buildScan),
    batch: (entries, context) => scanBatch(entries, context, buildScan),
    foldable: false,
    eval: (xs, attrs, types) => evaluateScan(xs, attrs, types),
    lower: lowerScan,
    simplify: {
      node: (node, isUsed) => simplifyScan(node, isUsed, buildScan),
      pair: (first, second) => pairedScans(first, second, buildScan),
    },
    samples: /* @__PURE__ */ scanSamples(),
  },
);

/** The node of a scan. */
export function buildScan(parts: ScanParts): ScanResult {
  const attrs = attrsOf(parts);
  const { states, stacked, last } = splitOutputs(scanOp(inputsOf(parts), attrs), attrs);
  return { finals: states, stacked, count: last };
}

function inferScan(
  types: readonly TensorType[],
  attrs: ScanAttrs,
  inputs: readonly Variable[],
): readonly TensorType[] {
  checkCounts(types, attrs);
  const { sequences, states } = splitInputs(types, attrs);
  const length = staticLength(inputs[0]!, sequences);
  const step = stepOn(types, attrs);
  const { states: next, stacked, last } = splitOutputs(step.outputs, attrs);
  const finals = next.map((y, i) => stateType(states[i]!, y.type, i));
  if (last !== undefined) checkCondition(last.type);
  return [
    ...finals,
    ...stacked.map(({ type }) => tensorType(type.dtype, [length, ...type.shape])),
    ...(last === undefined ? [] : [tensorType('int32', [])]),
  ];
}

function checkCounts(types: readonly TensorType[], attrs: ScanAttrs): void {
  const { step, sequences, states, until, limited } = attrs;
  const expected = 1 + step.inputs.length + (limited === true ? 1 : 0);
  const least = states + (until === true ? 1 : 0);
  if (
    types.length === expected &&
    step.inputs.length >= sequences + states &&
    step.outputs.length >= least
  ) {
    return;
  }
  throw new ValueError(`scan: the step does not fit ${types.length} inputs`, {
    code: 'OP_SCAN_STEP',
    hint: 'its inputs are elements, states and constants; its outputs begin with the states',
    data: { op: 'scan', expected, got: types.length },
  });
}

function staticLength(length: Variable, sequences: readonly TensorType[]): number | null {
  if (length.dtype !== 'int32' || length.rank > 0) {
    throw new DTypeError(`scan: the number of steps is ${formatType(length.type)}`, {
      code: 'OP_SCAN_STEPS',
      hint: 'give a whole number or an int32 scalar',
      data: { op: 'scan', type: length.type },
    });
  }
  const sizes = sequences.map(({ shape }, k) => {
    if (shape.length > 0) return shape[0]!;
    throw new ShapeError(`scan: sequence ${k} is a scalar`, {
      code: 'OP_SCAN_SEQUENCE',
      hint: 'a sequence has its elements along the first axis; list a scalar among nonSequences',
      data: { op: 'scan', position: k },
    });
  });
  const all = length.kind === 'constant' ? [length.value.item(), ...sizes] : sizes;
  const known = all.filter((n) => n !== null);
  if (known.some((n) => n !== known[0])) throw lengthsDiffer(known);
  return known[0] ?? null;
}

function lengthsDiffer(lengths: readonly number[]): ShapeError {
  return new ShapeError(`scan: lengths ${lengths.join(', ')} of the sequences differ`, {
    code: 'OP_SCAN_LENGTHS',
    hint: 'all sequences have one element for each step',
    data: { op: 'scan', lengths },
  });
}

/** The type of a state, of which both the initial value and what a step gives know something. */
function stateType(initial: TensorType, next: TensorType, position: number): TensorType {
  if (initial.dtype !== next.dtype) {
    throw new DTypeError(
      `scan: state ${position} is ${formatType(initial)}, but a step gives ${formatType(next)}`,
      {
        code: 'OP_SCAN_STATE_DTYPE',
        hint: `cast one of them, so that the state keeps its dtype from step to step`,
        data: { op: 'scan', position, initial, next },
      },
    );
  }
  if (shapesConflict(initial.shape, next.shape)) {
    throw stateShape(position, initial.shape, next.shape);
  }
  const shape = initial.shape.map((size, axis) => size ?? next.shape[axis] ?? null);
  return tensorType(initial.dtype, shape);
}

function stateShape(position: number, before: Shape, after: Shape): ShapeError {
  return new ShapeError(
    `scan: state ${position} has shape ${formatShape(before)}, but a step gives ${formatShape(after)}`,
    {
      code: 'OP_SCAN_STATE_SHAPE',
      hint: 'a state keeps its shape; give the initial one the shape that the steps have',
      data: { op: 'scan', position, before, after },
    },
  );
}

function checkCondition(type: TensorType): void {
  if (type.dtype === 'bool' && type.shape.length === 0) return;
  throw new DTypeError(`scan: the condition is ${formatType(type)}, not a bool scalar`, {
    code: 'OP_SCAN_CONDITION',
    hint: 'reduce it with all or any, or compare scalars',
    data: { op: 'scan', type },
  });
}

function evaluateScan(
  xs: readonly Tensor[],
  attrs: ScanAttrs,
  types: readonly TensorType[],
): readonly Tensor[] {
  const { length, sequences, states, constants, limit } = splitInputs(xs, attrs);
  const n = length.item();
  const lengths = [n, ...sequences.map(({ shape: [first = 0] }) => first)];
  if (lengths.some((k) => k !== n) || n < 0) throw lengthsDiffer(lengths);
  const steps = limit === undefined ? n : Math.max(0, Math.min(limit.item(), n));
  const step = withDTypes(attrs.step, [...sequences, ...states, ...constants]);
  const stacks: (Tensor | undefined)[] = [];
  let current = states;
  let count = 0;
  while (count < steps) {
    const t = attrs.reverse === true ? steps - 1 - count : count;
    const elements = sequences.map((x) => views.slice(x, [t]));
    const results = step.run([...elements, ...current, ...constants]);
    const { states: next, stacked, last } = splitOutputs(results, attrs);
    next.forEach((y, i) => checkState(current[i]!, y, i));
    stacked.forEach((y, j) => place(stacks, j, y, n, t));
    current = next;
    count++;
    if (last?.item() === 1) break;
  }
  const stackTypes = splitOutputs(types, attrs).stacked;
  return [
    ...current,
    ...stackTypes.map((type, j) => stacks[j] ?? emptyStack(type, j, n, xs, attrs)),
    ...(attrs.until === true ? [tensorFrom(count, { dtype: 'int32' })] : []),
  ];
}

function checkState(before: Tensor, after: Tensor, position: number): void {
  if (!sameShape(before.shape, after.shape)) throw stateShape(position, before.shape, after.shape);
}

function place(
  stacks: (Tensor | undefined)[],
  j: number,
  y: Tensor,
  length: number,
  t: number,
): void {
  const stack = (stacks[j] ??= zerosTensor([length, ...y.shape], y.dtype));
  if (!sameShape(stack.shape.slice(1), y.shape)) {
    throw new ShapeError(
      `scan: output ${j} of a step has shape ${formatShape(y.shape)} at ${t}, ` +
        `${formatShape(stack.shape.slice(1))} before`,
      {
        code: 'OP_SCAN_OUTPUT_SHAPE',
        hint: 'what a step gives keeps its shape, so that it can be stacked',
        data: { op: 'scan', position: j, step: t, shape: y.shape },
      },
    );
  }
  assign(views.slice(stack, [t]), y);
}

/** What is stacked if no step is taken: zeros, of the shape that a step would give. */
function emptyStack(
  { dtype, shape }: TensorType,
  j: number,
  length: number,
  xs: readonly Tensor[],
  attrs: ScanAttrs,
): Tensor {
  const known = shape.slice(1);
  if (isKnownShape(known)) return zerosTensor([length, ...known], dtype);
  const { sequences, states, constants } = splitInputs(xs, attrs);
  const elements = sequences.map((x) => zerosTensor(x.shape.slice(1), x.dtype));
  const inputs = [...elements, ...states, ...constants];
  const step = attrs.step.on(inputs.map((x) => tensorType(x.dtype, x.shape)));
  const found = splitOutputs(step.outputs, attrs).stacked[j]!.shape;
  const sizes = isKnownShape(found)
    ? found
    : splitOutputs(step.run(inputs), attrs).stacked[j]!.shape;
  return zerosTensor([length, ...sizes], dtype);
}

function scanSamples(): readonly OpSample<ScanAttrs>[] {
  const scalars = (...names: string[]): readonly Input[] =>
    names.map((name) => new Input(tensorType('float64', []), name));
  const [x, s, c] = scalars('x', 's', 'c');
  const next = tanh(add(mul(c!, s!), x!));
  const step = new InnerGraph([x!, s!, c!], [next, mul(next, x!)]);
  const [p, q] = scalars('p', 'q');
  const two = new InnerGraph([p!, q!], [mul(p!, q!), add(p!, q!)]);
  const n = (value: number) => ({ value, dtype: 'int32' }) as const;
  return [
    { inputs: [n(3), [0.5, 1.2, 2], 0.3, 0.7], attrs: { step, sequences: 1, states: 1 } },
    {
      name: 'reverse',
      inputs: [n(2), [0.5, 1.2], 0.3, 0.7],
      attrs: { step, sequences: 1, states: 1, reverse: true },
    },
    {
      name: 'limited',
      inputs: [n(3), [0.5, 1.2, 2], 0.3, 0.7, n(2)],
      attrs: { step, sequences: 1, states: 1, limited: true },
    },
    { name: 'no steps', inputs: [n(0), [], 0.3, 0.7], attrs: { step, sequences: 1, states: 1 } },
    {
      name: 'two states',
      inputs: [n(4), 1.1, -0.4],
      attrs: { step: two, sequences: 0, states: 2 },
    },
  ];
}
