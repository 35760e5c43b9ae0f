import { compile } from '@cotangent/compile';
import { pullback } from '@cotangent/autodiff';
import { constant, topologicalNodes } from '@cotangent/graph';
import type { Apply, Variable } from '@cotangent/graph';
import { add, sum } from '@cotangent/ops';
import { isFloat, mapTensors } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import { wasmBackend } from '@cotangent/wasm';
import { evaluateAll, numbersOf, randomGraph, randomTensor } from './random-graph.ts';
import type { Values } from './random-graph.ts';

const ignore = { disconnectedInputs: 'ignore' } as const;
const unitRoundoff = 2 ** -53;
/**
 * How many roundings a step may be off by in both modes together: elementary functions by 4 units each, sums of n terms by
 * up to n of their magnitudes, and n is at most 24 in these graphs.
 */
const roundings = 32;

/** How a graph of a seed fared. */
export interface Agreement {
  readonly seed: number;
  /** The largest difference between the modes, in units of what roundings explain: below 1 if all is well. */
  readonly ratio: number;
  readonly nodes: number;
}

/**
 * Values and gradients of the random graph of a seed, in modes `fast` and `reference`. Compared is ⟨c, y⟩ for random c; if
 * step k is off by δₖ, that is off by Σₖ ⟨ȳₖ, δₖ⟩ to first order, ȳ the cotangents for c, so by at most
 * Σₖ ⟨|ȳₖ|, |δₖ|⟩ (Linnainmaa 1976, Taylor expansion of the accumulated rounding error).
 */
export function agreementOf(seed: number): Agreement {
  const { inputs, outputs, point, random } = randomGraph(seed);
  const cost = outputs.map((y) => sum(y)).reduce((total, term) => add(total, term));
  const all = [...outputs, ...pullback([cost], inputs, [constant(1)], ignore)];
  const args = inputs.map((x) => point.get(x)!);
  const [fast, reference] = (['fast', 'reference'] as const).map((mode) =>
    compile(inputs, all, { mode, backend: wasmBackend(), onUnusedInput: 'ignore' })(...args),
  );
  const ratios = [1, 2].map(() => {
    const weights = reference!.map((y) => randomTensor(y.shape, random, -1, 1));
    const allowed = roundingError(all, weights, point);
    const apart = inner(weights, fast!) - inner(weights, reference!);
    return apart === 0 ? 0 : Math.abs(apart) / allowed;
  });
  return { seed, ratio: Math.max(...ratios), nodes: topologicalNodes(all).length };
}

function inner(a: readonly Tensor[], b: readonly Tensor[]): number {
  const ys = b.flatMap(numbersOf);
  return a.flatMap(numbersOf).reduce((total, x, k) => total + x * ys[k]!, 0);
}

/** Σₖ ⟨|ȳₖ|, |δₖ|⟩ of the steps of a graph, and of the products of weights and results. */
function roundingError(
  outputs: readonly Variable[],
  weights: readonly Tensor[],
  point: Values,
): number {
  const nodes = topologicalNodes(outputs).filter((node) => isFloat(node.outputs[0]!.dtype));
  const steps = nodes.map((node) => node.outputs[0]!);
  const bars = pullback(outputs, steps, weights, ignore);
  const known = evaluateAll([...steps, ...bars, ...outputs], point);
  const results = new Map<Variable, Tensor>(steps.map((y, k) => [y, known[k]!]));
  const valueOf = (x: Variable): Tensor =>
    results.get(x) ?? point.get(x) ?? evaluateAll([x], point)[0]!;
  const errors = nodes.map((node, k) => {
    const sizes = magnitude(node, valueOf);
    const ybar = numbersOf(known[steps.length + k]!);
    return ybar.reduce((total, bar, i) => total + Math.abs(bar) * sizes[i]!, 0);
  });
  const ends = known.slice(2 * steps.length).map((y, k) => inner([size(weights[k]!)], [size(y)]));
  return [...errors, ...ends].reduce((total, e) => total + e, 0) * roundings * unitRoundoff;
}

/** Ops whose rounding errors are relative to the sum of the magnitudes of their terms. */
const sums = new Set(['add', 'sub', 'sum', 'mean', 'matmul', 'tensordot', 'cumsum', 'sumTo']);

/** What the rounding errors of a step are relative to, element by element. */
function magnitude(node: Apply, valueOf: (x: Variable) => Tensor): readonly number[] {
  const types = node.outputs.map((y) => y.type);
  if (!sums.has(node.op.name)) return numbersOf(size(valueOf(node.outputs[0]!)));
  const signed = node.inputs.map((x) => size(valueOf(x)));
  const terms = node.op.name === 'sub' ? [signed[0]!, negated(signed[1]!)] : signed;
  return numbersOf(node.op.eval(terms, node.attrs, types)[0]!);
}

function size(x: Tensor): Tensor {
  return isFloat(x.dtype) ? mapTensors((v) => Math.abs(v!), [x], x.dtype) : x;
}

function negated(x: Tensor): Tensor {
  return mapTensors((v) => -v!, [x], x.dtype);
}
