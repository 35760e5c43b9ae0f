import { Tensor, copy, denseData, isFloat, zerosTensor, assign, views } from '@cotangent/tensor';
import { connectionPatternOf, formatShape, formatType } from '@cotangent/graph';
import type { TensorType } from '@cotangent/graph';
import { formatElement, formatNumber, indexOf } from '../numbers.ts';
import { rngOf, signed } from '../rng.ts';
import { variantLabel } from './cases.ts';
import type { OpCase } from './cases.ts';
import { sameBits } from './flat.ts';
import { applied, knowledgeFor, knownSizes } from './linearise.ts';
import type { Applied } from './linearise.ts';
import type { Finding, Recorder } from './report.ts';

/** Checks types, values, layouts, arguments and the connection pattern; `false` if the op cannot be run at all. */
export function checkValues(c: OpCase, recorder: Recorder, seed: number): boolean {
  const runs = recorder.check('type.inferred', c.label, () => {
    const base = applied(c, knownSizes);
    return typesDiffer(base.evaluate(c.inputs), base);
  });
  if (!runs) return false;
  const base = applied(c, knownSizes);
  const values = base.evaluate(c.inputs);
  for (const knowledge of knowledgeFor(c).slice(1)) {
    const sample = variantLabel(c, knowledge.name);
    recorder.check('type.inferred', sample, () => typesDiffer(values, applied(c, knowledge)));
    recorder.check('values.static', sample, () =>
      valuesDiffer(values, applied(c, knowledge).evaluate(c.inputs), 0),
    );
  }
  recorder.check('args.intact', c.label, () => argumentsChange(c, base));
  recorder.check('layout.strided', c.label, () => layoutMatters(c, base, values));
  recorder.check('connection.pattern', c.label, () => patternLies(c, base, values, seed));
  return true;
}

function typesDiffer(values: readonly Tensor[], { node }: Applied): Finding {
  const types = node.outputs.map((y) => y.type);
  if (values.length !== types.length) return `${values.length} values for ${types.length} outputs`;
  const wrong = values.findIndex((value, j) => !fits(value, types[j]!));
  if (wrong < 0) return undefined;
  const { dtype, shape } = values[wrong]!;
  return `output ${wrong} is inferred as ${formatType(types[wrong]!)} and evaluates to ${dtype}${formatShape(shape)}`;
}

/** Whether a value is of a type: dtype, rank, and every size that is known. */
export function fits(value: Tensor, type: TensorType): boolean {
  return (
    value instanceof Tensor &&
    value.dtype === type.dtype &&
    value.shape.length === type.shape.length &&
    value.shape.every((n, axis) => type.shape[axis] === null || type.shape[axis] === n)
  );
}

function argumentsChange(c: OpCase, base: Applied): Finding {
  const given = c.inputs.map((x) => copy(x));
  base.evaluate(given);
  const changed = given.findIndex((x, i) => !sameBits(x, c.inputs[i]!));
  return changed < 0 ? undefined : `eval writes to its input ${changed}`;
}

/** The inputs of a case in other layouts: same values, other strides. */
export function layoutsOf(inputs: readonly Tensor[]): readonly (readonly Tensor[])[] {
  return [inputs.map(columnMajor), inputs.map(scattered)];
}

/** The first axis varies fastest. */
function columnMajor(x: Tensor): Tensor {
  return views.transpose(copy(views.transpose(x)));
}

/** Every other element of a larger array, from the end to the beginning. */
function scattered(x: Tensor): Tensor {
  const larger = zerosTensor(
    x.shape.map((n) => 2 * n + 1),
    x.dtype,
  );
  if (isFloat(x.dtype)) larger.data.fill(NaN); // whoever reads outside the view shall notice
  const every = x.shape.map((n) => ({ start: 2 * n - 1, step: -2 }));
  const view = x.size === 0 ? copy(x) : views.slice(larger, every);
  assign(view, x);
  return view;
}

function layoutMatters(c: OpCase, base: Applied, values: readonly Tensor[]): Finding {
  for (const inputs of layoutsOf(c.inputs)) {
    const finding = valuesDiffer(values, base.evaluate(inputs), 64);
    if (finding !== undefined) return `with strided inputs ${finding}`;
  }
  return undefined;
}

/**
 * The first difference between values that should be equal: to the bit, or up to `ulps` roundings of the
 * largest element where another layout may add in another order.
 */
export function valuesDiffer(
  expected: readonly (Tensor | undefined)[],
  got: readonly (Tensor | undefined)[],
  ulps: number,
): Finding {
  for (const [j, a] of expected.entries()) {
    const b = got[j];
    if (a === undefined || b === undefined) {
      if (a === b) continue;
      return `result ${j} is absent in one of the two`;
    }
    const finding = tensorsDiffer(a, b, ulps);
    if (finding !== undefined) return `result ${j}${finding}`;
  }
  return undefined;
}

function tensorsDiffer(a: Tensor, b: Tensor, ulps: number): Finding {
  if (sameBits(a, b)) return undefined;
  if (a.dtype !== b.dtype || a.shape.join() !== b.shape.join()) {
    return ` is ${b.dtype}${formatShape(b.shape)} instead of ${a.dtype}${formatShape(a.shape)}`;
  }
  const [x, y] = [Float64Array.from(denseData(a)), Float64Array.from(denseData(b))];
  const largest = x.reduce((max, value) => Math.max(max, Math.abs(value) || 0), 0);
  const epsilon = a.dtype === 'float32' ? 2 ** -23 : a.dtype === 'float64' ? 2 ** -52 : 0;
  const tolerance = ulps * epsilon * (Number.isFinite(largest) ? largest : 0);
  const at = x.findIndex((value, k) => {
    const other = y[k]!;
    return !Object.is(value, other) && !(Math.abs(value - other) <= tolerance);
  });
  if (at < 0) return undefined;
  return `${formatElement('y', indexOf(at, a.shape))} is ${formatNumber(y[at]!)} instead of ${formatNumber(x[at]!)}`;
}

const perturbations = [1e-6, 1e-3, 0.1, 1];

/** Moves one floating input at a time: outputs that the pattern calls disconnected from it must stay. */
function patternLies(c: OpCase, base: Applied, values: readonly Tensor[], seed: number): Finding {
  const pattern = connectionPatternOf(base.node);
  const rng = rngOf(seed, c.op.name, c.label, 'connection.pattern');
  for (const [i, x] of c.inputs.entries()) {
    if (!isFloat(x.dtype) || pattern[i]!.every(Boolean)) continue;
    for (const size of perturbations) {
      const moved = copy(x);
      for (let k = 0; k < moved.size; k++) moved.data[k]! += size * signed(rng);
      const results = evaluateIfPossible(base, c.inputs.with(i, moved));
      const j = values.findIndex(
        (y, at) => !pattern[i]![at]! && results !== undefined && movedFrom(y, results[at]!),
      );
      if (j >= 0)
        return `input ${i} is disconnected from output ${j}, yet moving it changes the output`;
    }
  }
  return undefined;
}

/** Another shape is no evidence: a size may follow a value without anything to differentiate. */
function movedFrom(a: Tensor, b: Tensor): boolean {
  return a.shape.join() === b.shape.join() && !sameBits(a, b);
}

function evaluateIfPossible(
  base: Applied,
  inputs: readonly Tensor[],
): readonly Tensor[] | undefined {
  try {
    return base.evaluate(inputs);
  } catch {
    return undefined; // moved out of the domain
  }
}
