import { DTypeError, Input, ValueError, topologicalNodes } from '@cotangent/graph';
import type { Shape, Variable } from '@cotangent/graph';
import { tensorFrom } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import { steps } from './steps.ts';
import { randomFrom } from './uniform.ts';

/** A graph made at random: smooth, and evaluated at a point where everything is moderate. */
export interface RandomGraph {
  readonly inputs: readonly Input[];
  readonly outputs: readonly Variable[];
  readonly point: Values;
  /** The largest magnitude of a value anywhere, and how many values there are. */
  readonly scale: number;
  readonly random: () => number;
}

export type Values = ReadonlyMap<Variable, Tensor>;

const shapes: readonly (readonly number[])[] = [[], [3], [1], [2, 3], [2, 1], [3, 3], [1, 3]];

/** The graph of a seed. Some sizes are hidden from the static shapes. */
export function randomGraph(seed: number): RandomGraph {
  const random = randomFrom(seed);
  const below = (n: number): number => Math.floor(random() * n);
  const values = new Map<Variable, Tensor>();
  const inputs = Array.from({ length: 1 + below(3) }, (_, k) => {
    const shape = shapes[below(shapes.length)]!;
    const known: Shape = shape.map((size) => (random() < 0.4 ? null : size));
    const x = new Input({ kind: 'tensor', dtype: 'float64', shape: known }, `x${k}`);
    values.set(x, randomTensor(shape, random, 0.5, 1.5));
    return x;
  });
  const pool: Variable[] = [...inputs];
  const wanted = 4 + below(14);
  for (let tries = 0; tries < 4 * wanted && pool.length < inputs.length + wanted; tries++) {
    // Recent variables more often, so that graphs get deep as well as wide.
    const pick = (): Variable => pool[Math.max(below(pool.length), below(pool.length))]!;
    const y = attempt(() => steps[below(steps.length)]!(pick, below));
    if (y !== undefined && evaluateInto(values, y)) pool.push(y);
  }
  const outputs = pool.slice(inputs.length).slice(-1 - below(2));
  const point = new Map(inputs.map((x) => [x, values.get(x)!] as const));
  return { inputs, outputs, point, scale: scaleOf(values), random };
}

/** A tensor of uniform numbers from an interval. */
export function randomTensor(
  shape: readonly number[],
  random: () => number,
  from: number,
  to: number,
): Tensor {
  const size = shape.reduce((product, n) => product * n, 1);
  const data = Float64Array.from({ length: size }, () => from + (to - from) * random());
  return tensorFrom(data, { shape });
}

/** Values of variables, node by node with each op's own `eval`. */
export function evaluateAll(outputs: readonly Variable[], point: Values): readonly Tensor[] {
  const values = new Map(point);
  const valueOf = (x: Variable): Tensor => (x.kind === 'constant' ? x.value : values.get(x)!);
  const stop = new Set(point.keys());
  for (const { op, inputs, outputs: ys, attrs } of topologicalNodes(outputs, { stop })) {
    const types = ys.map((y) => y.type);
    op.eval(inputs.map(valueOf), attrs, types).forEach((value, j) => values.set(ys[j]!, value));
  }
  return outputs.map(valueOf);
}

export function numbersOf(value: Tensor): readonly number[] {
  const flat = (nested: unknown): number[] =>
    Array.isArray(nested) ? nested.flatMap(flat) : [Number(nested)];
  return flat(value.toArray());
}

/** What a step gives, or nothing where shapes do not fit. */
function attempt<T>(step: () => T): T | undefined {
  try {
    return step();
  } catch (error) {
    if (error instanceof ValueError || error instanceof DTypeError) return undefined;
    throw error;
  }
}

/** Whether `y` has moderate values at the point; they are remembered. */
function evaluateInto(values: Map<Variable, Tensor>, y: Variable): boolean {
  const found = attempt(() => evaluateAll([y], values)[0]!);
  if (found === undefined) return false;
  const numbers = numbersOf(found);
  if (numbers.length > 40 || numbers.length === 0) return false;
  if (!numbers.every((v) => Math.abs(v) < 30)) return false;
  values.set(y, found);
  return true;
}

function scaleOf(values: Values): number {
  const all = [...values.values()].flatMap(numbersOf);
  return all.length * Math.max(...all.map(Math.abs), 1);
}
