// What is true of one op: found from its record and by compiling its samples, nothing declared by hand.
import { compile } from '@cotangent/compile';
import { Input, applyOp, connectionPatternOf, tensorType } from '@cotangent/graph';
import type { Apply, Op, OpSample, SampleInput, Variable } from '@cotangent/graph';
import { DTypeError, ShapeError, dtypes, isFloat, tensorFrom } from '@cotangent/tensor';
import type { DType, Tensor } from '@cotangent/tensor';
import { wasmBackend } from '@cotangent/wasm';

/** What is said of one record. */
export interface Facts {
  readonly reverse: string;
  readonly forward: string;
  readonly dtypes: string;
  readonly batching: string;
  readonly points: number;
  readonly edges: number;
  readonly lowered: Lowered;
}

/** Whether code runs in the module: at every sample that has elements, at some, at none. */
export type Lowered = 'yes' | 'partly' | 'no';

/** The facts of a record. */
export function factsOf(op: Op): Facts {
  const samples = op.samples ?? [];
  const nodes = samples.map((sample) => nodeAt(op, sample));
  const edges = samples.filter(({ edge }) => edge === true).length;
  return {
    ...rulesOf(op, nodes),
    dtypes: dtypesOf(op, samples),
    batching: op.elementwise !== undefined ? 'elementwise' : op.batch ? 'rule' : 'one by one',
    points: samples.length - edges,
    edges,
    lowered: loweredAt(samples.map((sample) => graphOf(op, sample))),
  };
}

/** A graph with values for its inputs. */
export interface Example {
  readonly inputs: readonly Input[];
  readonly outputs: readonly Variable[];
  readonly values: readonly Tensor[];
}

/** Whether graphs run in a module; those without elements are left out if there are others. */
export function loweredAt(examples: readonly Example[]): Lowered {
  const filled = examples.filter(({ values }) => values.every((x) => x.size > 0));
  const inside = (filled.length > 0 ? filled : examples).map((e) => evaluatedOps(e).length === 0);
  if (inside.every(Boolean)) return 'yes';
  return inside.some(Boolean) ? 'partly' : 'no';
}

/** Names of the ops that a compiled graph runs by their `eval`. */
export function evaluatedOps({ inputs, outputs, values }: Example): readonly string[] {
  const f = compile(inputs, outputs, { backend: wasmBackend(), onUnusedInput: 'ignore' });
  f(...values);
  return [...f.explain().matchAll(/^step\d+: eval of (.+)$/gm)].map(([, name]) => name!);
}

function rulesOf(op: Op, nodes: readonly Apply[]): Pick<Facts, 'reverse' | 'forward'> {
  const patterns = nodes.map(connectionPatternOf);
  if (patterns.length > 0 && patterns.every((p) => p.flat().every((is) => !is))) {
    return { reverse: 'disconnected', forward: 'disconnected' };
  }
  if (op.pullback === undefined && op.pushforward === undefined) {
    return { reverse: '**none**', forward: '**none**' };
  }
  return {
    reverse: op.pullback === undefined ? 'derived' : 'rule',
    forward: op.pushforward === undefined ? 'derived' : 'rule',
  };
}

function valueOf(input: SampleInput, dtype?: DType): Tensor {
  const isTyped = typeof input === 'object' && 'dtype' in input;
  const value = isTyped ? tensorFrom(input.value, { dtype: input.dtype }) : tensorFrom(input);
  return isTyped || dtype === undefined || !isFloat(value.dtype) ? value : retyped(value, dtype);
}

/** Ones of another dtype: only types matter. */
function retyped({ shape, size }: Tensor, dtype: DType): Tensor {
  return tensorFrom(
    Array.from({ length: size }, () => 1),
    { shape, dtype },
  );
}

function graphOf(op: Op, sample: OpSample, dtype?: DType): Example {
  const values = sample.inputs.map((x) => valueOf(x, dtype));
  const inputs = values.map((x, i) => new Input(tensorType(x.dtype, x.shape), `x${i}`));
  return { values, inputs, outputs: applyOp(op, inputs, sample.attrs ?? {}).outputs };
}

function nodeAt(op: Op, sample: OpSample): Apply {
  const [y] = graphOf(op, sample).outputs;
  if (y?.kind !== 'result') throw new Error(`${op.name}: no node`);
  return y.owner;
}

/** The dtypes that the untyped inputs of some sample may have. */
function dtypesOf(op: Op, samples: readonly OpSample[]): string {
  if (samples.some(({ attrs }) => hasGraph(attrs))) return 'those of its graph';
  const taken = dtypes.filter((dtype) => samples.some((sample) => takes(op, sample, dtype)));
  if (taken.length === dtypes.length) return 'all';
  return taken.length === 2 && taken.every(isFloat) ? 'floats' : taken.join(', ');
}

/** An inner graph is the one attribute that is not plain data. */
function hasGraph(attrs: object = {}): boolean {
  return Object.values(attrs).some(
    (value: unknown) =>
      typeof value === 'object' && value !== null && !isPlain(Object.getPrototypeOf(value)),
  );
}

function isPlain(prototype: unknown): boolean {
  return prototype === Object.prototype || prototype === Array.prototype || prototype === null;
}

function takes(op: Op, sample: OpSample, dtype: DType): boolean {
  try {
    graphOf(op, sample, dtype);
    return true;
  } catch (error) {
    if (error instanceof DTypeError || error instanceof ShapeError) return false;
    throw error;
  }
}
