import { formatShape } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import { formatNumber } from '../numbers.ts';
import { variantLabel } from './cases.ts';
import { differs, directionLabel, elementLabel } from './compare.ts';
import { lengthOf, pack, unpack } from './flat.ts';
import type { Part } from './flat.ts';
import { absAlong, along, combined, fromLeft, fromRight } from './jacobian.ts';
import type { Product } from './jacobian.ts';
import { knownSizes, linearise, positionOf, whyNull } from './linearise.ts';
import type { Derivative, Linearised, StaticKnowledge } from './linearise.ts';
import { draw, sameShape, sensitivityOf } from './reference.ts';
import type { Reference } from './reference.ts';
import type { Finding, Recorder } from './report.ts';

/** How many random cotangents and tangents: an error hides from one with about its size as probability. */
const draws = 3;

/** Checks both modes of a case, under one kind of static knowledge, against its reference. */
export function checkDerivatives(
  reference: Reference,
  knowledge: StaticKnowledge,
  recorder: Recorder,
): void {
  const { c } = reference;
  const label = variantLabel(c, knowledge.name);
  let rules: Linearised | undefined;
  recorder.check('grad.disconnected', label, () => {
    rules = linearise(c, knowledge);
    return rules.warnings[0];
  });
  if (rules === undefined) return;
  noteAbsent(rules, label, recorder);
  const count = knowledge === knownSizes ? draws : 1;
  for (let k = 0; k < count; k++) {
    const products = productsOf(reference, rules, label, recorder);
    if (products === undefined) return;
    checkProducts(reference, rules, products, label, recorder);
  }
}

/** Lists derivatives that do not exist: they are untested, not right. */
function noteAbsent({ xBars, yDots }: Linearised, label: string, recorder: Recorder): void {
  const note = (what: string, derivatives: readonly Derivative[]): void =>
    derivatives.forEach((d, k) => {
      const why = whyNull(d);
      if (why !== undefined) recorder.skip('grad.nullType', label, `${what} ${k}: ${why}`);
    });
  note('gradient', xBars);
  note('tangent', yDots);
}

/** A random cotangent u and tangent v, and the products of the rules with them. */
interface Products {
  readonly u: Float64Array;
  /** v = Σ weights[k] · directions[k]. */
  readonly weights: Float64Array;
  readonly v: Float64Array;
  readonly xBar: Float64Array;
  readonly yDot: Float64Array;
}

function productsOf(
  reference: Reference,
  rules: Linearised,
  label: string,
  recorder: Recorder,
): Products | undefined {
  const { c, jacobian, wrtParts, outParts } = reference;
  const u = draw(reference, lengthOf(outParts));
  const weights = draw(reference, jacobian.directions.length);
  const v = combined(jacobian, weights, lengthOf(wrtParts));
  let xBars: readonly (Tensor | undefined)[] = [];
  let yDots: readonly (Tensor | undefined)[] = [];
  const wrt = 'gradient of input';
  const out = 'tangent of output';
  const hasShapes = recorder.check('grad.shape', label, () => {
    xBars = rules.pullback(c.inputs, unpack(u, partsLike(rules.cotangents, outParts)));
    yDots = rules.pushforward(c.inputs, unpack(v, partsLike(rules.tangents, wrtParts)));
    return shapesDiffer(wrt, xBars, wrtParts) ?? shapesDiffer(out, yDots, outParts);
  });
  if (!hasShapes) return undefined;
  recorder.check(
    'grad.dtype',
    label,
    () => dtypesDiffer(wrt, xBars, rules.tangents) ?? dtypesDiffer(out, yDots, rules.cotangents),
  );
  return { u, weights, v, xBar: pack(xBars, wrtParts), yDot: pack(yDots, outParts) };
}

/** Parts with the dtypes of the inputs that take them. */
export function partsLike(
  inputs: readonly Pick<Part, 'dtype'>[],
  parts: readonly Part[],
): readonly Part[] {
  return inputs.map(({ dtype }, k) => ({ dtype, shape: parts[k]!.shape }));
}

function shapesDiffer(
  what: string,
  values: readonly (Tensor | undefined)[],
  parts: readonly Part[],
): Finding {
  const wrong = values.findIndex((value, k) => value && !sameShape(value, parts[k]!));
  if (wrong < 0) return undefined;
  return `the ${what} ${wrong} has shape ${formatShape(values[wrong]!.shape)}, not ${formatShape(parts[wrong]!.shape)}`;
}

function dtypesDiffer(
  what: string,
  values: readonly (Tensor | undefined)[],
  like: readonly Pick<Part, 'dtype'>[],
): Finding {
  const wrong = values.findIndex((value, k) => value && value.dtype !== like[k]!.dtype);
  if (wrong < 0) return undefined;
  return `the ${what} ${wrong} has dtype ${values[wrong]!.dtype} instead of ${like[wrong]!.dtype}`;
}

/** One product by differences, and what rounding of the inputs alone does to it. */
interface Expected {
  readonly numeric: Product;
  readonly sensitivity: Float64Array;
}

function checkProducts(
  reference: Reference,
  rules: Linearised,
  products: Products,
  label: string,
  recorder: Recorder,
): void {
  const left = expectedLeft(reference, products);
  const right = expectedRight(reference, products);
  const exists = (derivatives: readonly Derivative[]): boolean =>
    derivatives.every((d) => whyNull(d) === undefined);
  if (exists(rules.xBars)) {
    recorder.check('vjp.value', label, () => pullbackDiffers(reference, products, left));
  }
  if (exists(rules.yDots)) {
    recorder.check('jvp.value', label, () => pushforwardDiffers(reference, products, right));
  }
  if (exists([...rules.xBars, ...rules.yDots])) {
    recorder.check('vjp.jvp.dot', label, () => dotsDiffer(reference, products, left, right));
  }
}

function expectedLeft(reference: Reference, { u }: Products): Expected {
  const { exact, outParts, wrtParts, jacobian } = reference;
  const us = unpack(u, partsLike(exact.cotangents, outParts));
  const sensitivity = sensitivityOf(reference, wrtParts, (inputs) => exact.pullback(inputs, us));
  return { numeric: fromLeft(jacobian, u), sensitivity };
}

function expectedRight(reference: Reference, { v, weights }: Products): Expected {
  const { exact, outParts, wrtParts, jacobian } = reference;
  const vs = unpack(v, partsLike(exact.tangents, wrtParts));
  const sensitivity = sensitivityOf(reference, outParts, (inputs) => exact.pushforward(inputs, vs));
  return { numeric: fromRight(jacobian, weights), sensitivity };
}

function pullbackDiffers(
  { exact, c, epsilon, wrtParts, jacobian }: Reference,
  { u, xBar }: Products,
  { numeric, sensitivity }: Expected,
): Finding {
  const names = c.wrt.map((i) => `input ${i}`);
  return differs({
    numeric,
    analytic: along(jacobian, xBar),
    magnitude: absAlong(jacobian, xBar),
    sensitivity: absAlong(jacobian, sensitivity),
    epsilon,
    terms: u.length * exact.wrt.length,
    reach: (k) => jacobian.directions[k]!.reach,
    label: (k) => directionLabel(jacobian.directions[k]!, wrtParts, names),
  });
}

function pushforwardDiffers(
  { exact, epsilon, outParts, jacobian }: Reference,
  { v, yDot }: Products,
  { numeric, sensitivity }: Expected,
): Finding {
  const names = exact.outputs.map((y) => `output ${positionOf(y)}`);
  const reach = jacobian.directions.reduce((max, d) => Math.max(max, d.reach), 0);
  return differs({
    numeric,
    analytic: yDot,
    magnitude: yDot.map(Math.abs),
    sensitivity,
    epsilon,
    terms: v.length,
    reach: () => reach,
    label: (i) => elementLabel(i, outParts, names),
  });
}

/** ⟨u, Jv⟩ = ⟨Jᵀu, v⟩ up to rounding, relative to all that was added, and to what rounding of x changes. */
function dotsDiffer(
  { epsilon }: Reference,
  { u, v, weights, xBar, yDot }: Products,
  left: Expected,
  right: Expected,
): Finding {
  const forward = dot(u, yDot);
  const reverse = dot(xBar, v);
  const added = absDot(u, yDot) + absDot(xBar, v) + absDot(left.numeric.magnitude, weights);
  const unavoidable = absDot(left.sensitivity, v) + absDot(right.sensitivity, u);
  const tolerance = 64 * epsilon * added + 16 * unavoidable;
  if (Math.abs(forward - reverse) <= tolerance) return undefined;
  return `⟨u, J v⟩ = ${forward} and ⟨Jᵀ u, v⟩ = ${reverse} (tolerance ${formatNumber(tolerance)})`;
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, x, k) => sum + x * b[k]!, 0);
}

function absDot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, x, k) => sum + Math.abs(x * b[k]!), 0);
}
