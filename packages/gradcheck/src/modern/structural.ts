import { copy, denseData, formatShape, isFloat } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import { disconnected, isAbsence, isDisconnected } from '@cotangent/graph';
import type { Absence } from '@cotangent/graph';
import { sameBits, unpack } from '../op/flat.ts';
import { sameShape } from '../op/reference.ts';
import { layoutsOf } from '../op/value-checks.ts';
import { signed } from '../rng.ts';
import { cotangentsFor, drawSigned, structural, withInputs } from './point.ts';
import type { PointContext } from './point.ts';
import { checkLinear } from './linear.ts';
import { sameOrZero, sameTerm } from './same.ts';
import type { NumericPullback, Term } from './subject.ts';

/** Checks that need no differences: a handful of calls of the rule. */
export function checkStructure(c: PointContext): void {
  const own = ownArguments(c);
  structural(c, 'grad.shape', () => shapesDiffer(c, own));
  structural(c, 'grad.dtype', () => dtypesDiffer(c, own));
  structural(c, 'grad.disconnected', () => absenceDiffers(c, own));
  structural(c, 'args.intact', () => argumentsChange(c, own));
  structural(c, 'grad.deterministic', () => callsDiffer(c, own));
  if (c.at.length === 0 || c.x.length === 0) return;
  checkLinear(c);
  if (c.subject.takesAbsent && c.values.length > 1) {
    structural(c, 'grad.undefinedCotangent', () => absenceMatters(c));
  }
  if (c.subject.takesStrided) structural(c, 'layout.strided', () => layoutMatters(c));
  if (c.subject.batched !== undefined) {
    const { batched } = c.subject;
    structural(c, 'batch.loop', () => batchDiffers(c, batched));
  }
  for (const [name, variant] of Object.entries(c.subject.variants)) {
    structural(c, 'modes.agree', () => variantDiffers(c, name, variant));
  }
  if (c.subject.pattern !== undefined) structural(c, 'connection.pattern', () => patternLies(c));
}

/** The point in its own dtypes, with signed cotangents of the outputs' dtypes there. */
interface OwnArguments {
  readonly xs: readonly Tensor[];
  readonly us: readonly Tensor[];
  readonly terms: readonly Term[];
}

function ownArguments(c: PointContext): OwnArguments {
  const xs = c.inputs.map((x) => copy(x));
  const values = c.subject.evaluate(c.inputs.map((x) => copy(x)));
  const us = cotangentsFor(c, drawSigned(c.at.length, c.rng('own')), values);
  c.findings.count.vjps++;
  const terms = c.subject.pullback(
    xs.map((x) => copy(x)),
    us.map((u) => copy(u)),
  );
  return { xs, us, terms };
}

function shapesDiffer(c: PointContext, { terms, xs }: OwnArguments): string | undefined {
  if (terms.length !== xs.length) return `${terms.length} gradients for ${xs.length} inputs`;
  const wrong = c.wrt.find((i) => {
    const term = terms[i]!;
    return !isAbsence(term) && !sameShape(term, xs[i]!);
  });
  if (wrong === undefined) return undefined;
  const term = terms[wrong]!;
  const shape = isAbsence(term) ? '' : formatShape(term.shape);
  return `the gradient of input ${wrong} has shape ${shape}, not ${formatShape(xs[wrong]!.shape)}`;
}

function dtypesDiffer(c: PointContext, { terms, xs, us }: OwnArguments): string | undefined {
  for (const [i, term] of terms.entries()) {
    if (isAbsence(term)) continue;
    const x = xs[i]!;
    if (!isFloat(term.dtype)) return `the gradient of input ${i} has dtype ${term.dtype}`;
    // A kernel of single precision returns it whatever it is given; that is judged by its noise.
    const isNarrowKernel = x.dtype === 'float64' && us.some((u) => u.dtype === 'float32');
    if (c.wrt.includes(i) && term.dtype !== x.dtype && !isNarrowKernel) {
      return `the gradient of input ${i} has dtype ${term.dtype}, the input ${x.dtype}`;
    }
  }
  return undefined;
}

function absenceDiffers(c: PointContext, { terms }: OwnArguments): string | undefined {
  const pattern = c.subject.pattern?.(c.inputs);
  for (const [i, term] of terms.entries()) {
    if (term === undefined || term === null)
      return `the gradient of input ${i} is ${String(term)}: absence has a name`;
    if (pattern === undefined || !isFloat(c.inputs[i]!.dtype)) continue;
    const isConnected = c.outputs.some((j) => pattern[i]?.[j] !== false);
    if (isConnected && isDisconnected(term))
      return `input ${i} is called disconnected although the pattern connects it`;
    if (!isConnected && !isDisconnected(term))
      return `there is a gradient of input ${i}, which the pattern calls disconnected`;
  }
  return undefined;
}

function argumentsChange(c: PointContext, { xs, us }: OwnArguments): string | undefined {
  const [inputs, cotangents] = [xs.map((x) => copy(x)), us.map((u) => copy(u))];
  c.findings.count.vjps++;
  c.subject.pullback(inputs, cotangents);
  const x = inputs.findIndex((input, i) => !sameBits(input, xs[i]!));
  if (x >= 0) return `the pullback writes to input ${x}`;
  const u = cotangents.findIndex((cotangent, j) => !sameBits(cotangent, us[j]!));
  if (u >= 0) return `the pullback writes to the cotangent of output ${u}`;
  c.subject.evaluate(inputs);
  const y = inputs.findIndex((input, i) => !sameBits(input, xs[i]!));
  return y < 0 ? undefined : `the function writes to input ${y}`;
}

function callsDiffer(c: PointContext, { xs, us, terms }: OwnArguments): string | undefined {
  const { nondetTol } = c.settings;
  for (let k = 0; k < 2; k++) {
    c.findings.count.vjps++;
    const again = c.subject.pullback(
      xs.map((x) => copy(x)),
      us.map((u) => copy(u)),
    );
    const i = again.findIndex((term, at) => !sameTerm(term, terms[at]!, nondetTol));
    if (i >= 0) return `two identical calls give different gradients of input ${i}`;
  }
  const [a, b] = [
    c.subject.evaluate(xs.map((x) => copy(x))),
    c.subject.evaluate(xs.map((x) => copy(x))),
  ];
  const j = a.findIndex((y, at) => !sameTerm(y, b[at]!, nondetTol));
  return j < 0 ? undefined : `two identical calls give different values of output ${j}`;
}

/** The cotangent of an output that is not there counts as zeros. */
function absenceMatters(c: PointContext): string | undefined {
  const us = cotangentsFor(c, drawSigned(c.at.length, c.rng('absent')));
  const xs = withInputs(c, c.x);
  for (const j of c.outputs) {
    const absent = us.map((u, k): Tensor | Absence => (k === j ? u : disconnected));
    const zeros = us.map((u, k) => (k === j ? u : unpack(new Float64Array(u.size), [u])[0]!));
    const [a, b] = [c.subject.pullback(xs, absent), c.subject.pullback(xs, zeros)];
    const i = a.findIndex((term, at) => !sameOrZero(term, b[at]!, 64 * c.epsilon));
    if (i >= 0)
      return `with a cotangent for output ${j} alone, the gradient of input ${i} is not the one with zeros for the others`;
  }
  return undefined;
}

function layoutMatters(c: PointContext): string | undefined {
  const us = cotangentsFor(c, drawSigned(c.at.length, c.rng('layout')));
  const expected = c.subject.pullback(withInputs(c, c.x), us);
  const cotangents = layoutsOf(us);
  for (const [k, xs] of layoutsOf(withInputs(c, c.x)).entries()) {
    const got = c.subject.pullback(xs, cotangents[k]!);
    const i = got.findIndex(
      (term, at) =>
        !sameOrZero(term, expected[at]!, 64 * Math.max(c.epsilon, c.settings.nondetTol)),
    );
    if (i >= 0) return `with strided inputs and cotangents the gradient of input ${i} is another`;
  }
  return undefined;
}

/** A batch of the point itself and a neighbour, at once and one by one. */
function batchDiffers(c: PointContext, batched: NumericPullback): string | undefined {
  const rng = c.rng('batch');
  const points = [c.x, c.x.map((x) => x * (1 - 0.01 * rng()))];
  const us = points.map(() => drawSigned(c.at.length, rng));
  const stack = (lists: readonly (readonly Tensor[])[]): readonly Tensor[] =>
    lists[0]!.map((first, i) => {
      const size = first.size;
      const flat = new Float64Array(size * lists.length);
      lists.forEach((list, k) => flat.set(denseData(list[i]!), k * size));
      return unpack(flat, [{ dtype: first.dtype, shape: [lists.length, ...first.shape] }])[0]!;
    });
  const xs = points.map((x) => withInputs(c, x));
  const cotangents = us.map((u) => cotangentsFor(c, u));
  const single = xs.map((x, k) => c.subject.pullback(x, cotangents[k]!));
  const whole = batched(stack(xs), stack(cotangents));
  for (const i of c.wrt) {
    const rows = single.map((terms) => terms[i]!);
    const dense = rows.map((term) => (isAbsence(term) ? undefined : [term]));
    const lists = dense.filter((list) => list !== undefined);
    const got = whole[i]!;
    if (lists.length < rows.length) continue;
    if (
      isAbsence(got) ||
      !sameTerm(got, stack(lists)[0]!, 64 * Math.max(c.epsilon, c.settings.nondetTol))
    ) {
      return `for a batch the gradient of input ${i} is not that of its elements one by one`;
    }
  }
  return undefined;
}

function variantDiffers(
  c: PointContext,
  name: string,
  variant: NumericPullback,
): string | undefined {
  const us = cotangentsFor(c, drawSigned(c.at.length, c.rng('variant')));
  const [a, b] = [c.subject.pullback(withInputs(c, c.x), us), variant(withInputs(c, c.x), us)];
  const i = a.findIndex((term, at) => !sameOrZero(term, b[at]!, Math.max(1e-9, 64 * c.epsilon)));
  return i < 0
    ? undefined
    : `computed as ${JSON.stringify(name)} the gradient of input ${i} is another`;
}

/** Moves each input by eight signed directions at three scales: an output that it cannot influence must not change. */
function patternLies(c: PointContext): string | undefined {
  const pattern = c.subject.pattern?.(c.twin) ?? [];
  const rng = c.rng('pattern');
  for (const [i, x] of c.twin.entries()) {
    const free = c.values.map((_, j) => j).filter((j) => pattern[i]?.[j] === false);
    if (free.length === 0 || !isFloat(x.dtype)) continue;
    for (let k = 0; k < 24; k++) {
      const scale = [1e-6, 1e-2, 0.5][k % 3]!;
      const xs = c.twin.map((t) => copy(t));
      const moved = xs[i]!;
      for (let e = 0; e < moved.data.length; e++)
        moved.data[e] =
          moved.data[e]! * (1 + scale * signed(rng)) + (moved.data[e] === 0 ? scale : 0);
      const values = c.subject.evaluate(xs);
      // Another shape is no evidence: a size may follow a value without anything to differentiate.
      const j = free.find(
        (at) => sameShape(values[at]!, c.values[at]!) && !sameBits(values[at]!, c.values[at]!),
      );
      if (j !== undefined)
        return `input ${i} changes output ${j}, which the pattern calls disconnected from it`;
    }
  }
  return undefined;
}
