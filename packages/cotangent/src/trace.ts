import { ArgumentTypeError, Input, isVariable, tensorType } from '@cotangent/graph';
import type { Variable } from '@cotangent/graph';
import type { Tensor } from '@cotangent/tensor';
import { compile } from './compile.ts';
import { flatten, isPlainRecord, structureOf, unflatten } from './tree.ts';
import type { Flattened } from './tree.ts';

/** Options of the functions that trace. */
export interface TraceOptions {
  /** How many traces to keep, the least recently used is dropped first. Default 64. */
  readonly cacheSize?: number;
  /** Name of the compiled functions, for errors. Default: the name of the function. */
  readonly name?: string;
}

/** A graph traced for one signature, ready to run. */
export interface Traced<R> {
  run(leaves: readonly Tensor[]): R;
}

/** The inputs made for the arguments of one trace, structured like them. */
export interface TracedArguments {
  readonly inputs: readonly Input[];
  /** One tree of inputs per argument. */
  readonly trees: readonly unknown[];
}

/**
 * A function of values from a function that builds a graph: traced once for each combination of
 * structure, dtypes and shapes, then taken from a bounded cache.
 */
export function traced<A extends readonly unknown[], R>(
  name: string,
  build: (traced: TracedArguments) => Traced<R>,
  { cacheSize = 64 }: TraceOptions,
): (...args: A) => R {
  const cache = new Map<string, Traced<R>>();
  return (...args) => {
    const flat = args.map((argument, i) => flatten(argument, `${name}[${i}]`));
    const leaves = flat.flatMap((part) => part.leaves);
    const key = signatureOf(args, leaves);
    const found = cache.get(key) ?? build(inputsFor(args, flat));
    cache.delete(key); // the map keeps insertion order: the most recently used goes last
    cache.set(key, found);
    if (cache.size > cacheSize) cache.delete(cache.keys().next().value ?? key);
    return found.run(leaves);
  };
}

function signatureOf(args: readonly unknown[], leaves: readonly Tensor[]): string {
  const types = leaves.map((leaf) => `${leaf.dtype}[${leaf.shape.join(',')}]`);
  return `${args.map(structureOf).join(';')}|${types.join(';')}`;
}

function inputsFor(args: readonly unknown[], flat: readonly Flattened[]): TracedArguments {
  const groups = flat.map(({ leaves, paths }) =>
    leaves.map((leaf, i) => new Input(tensorType(leaf.dtype, leaf.shape), paths[i])),
  );
  return {
    inputs: groups.flat(),
    trees: args.map((argument, i) => unflatten(argument, groups[i]!.values())),
  };
}

/** The variables that a traced function returned: one, an array, or a record of them. */
export function outputsOf(returned: unknown, name: string): readonly Variable[] {
  const found: Variable[] = [];
  const collect = (part: unknown, path: string): void => {
    if (isVariable(part)) found.push(part);
    else if (Array.isArray(part)) part.forEach((p, i) => collect(p, `${path}[${i}]`));
    else if (isPlainRecord(part)) {
      for (const [key, p] of Object.entries(part)) collect(p, `${path}.${key}`);
    } else {
      throw new ArgumentTypeError(`${name}: ${path} is ${String(part)}, not a variable`, {
        code: 'TRACE_OUTPUT',
        hint: 'the function must return a variable, or an array or record of variables',
        data: { path },
      });
    }
  };
  collect(returned, 'its result');
  return found;
}

/** `returned` with each variable replaced by the next tensor. */
export function fillOutputs(returned: unknown, values: Iterator<Tensor>): unknown {
  if (isVariable(returned)) return values.next().value;
  if (Array.isArray(returned)) return returned.map((part) => fillOutputs(part, values));
  const record = returned as Readonly<Record<string, unknown>>; // outputsOf has refused anything else
  return Object.fromEntries(
    Object.entries(record).map(([key, part]) => [key, fillOutputs(part, values)] as const),
  );
}

/** Compiles outputs of a trace; inputs that they do not use are no mistake of the caller here. */
export function compileTrace(
  name: string,
  inputs: readonly Input[],
  outputs: readonly Variable[],
): (leaves: readonly Tensor[]) => readonly Tensor[] {
  const f = compile(inputs, outputs, { name, onUnusedInput: 'ignore' });
  return (leaves) => f(...leaves);
}
