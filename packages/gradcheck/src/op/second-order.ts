import type { Tensor } from '@cotangent/tensor';
import { isVariable, tensor } from '@cotangent/graph';
import { differs, directionLabel } from './compare.ts';
import { lengthOf, pack, unpack } from './flat.ts';
import { absAlong, along, fromLeft, numericJacobian } from './jacobian.ts';
import { partsLike } from './derivative-checks.ts';
import { pulledBack, valuesOf, whyNull } from './linearise.ts';
import type { Derivative, Linearised } from './linearise.ts';
import { draw, precisionOf, sensitivityOf, vectorFunction } from './reference.ts';
import type { Reference } from './reference.ts';
import type { Finding, Recorder } from './report.ts';

/**
 * Checks the derivative of the gradient: ⟨w, Jᵀu⟩ as a function of x for random u and w, by the rules of the
 * rules, against differences of the pullback. Only this finds a factor that a rule wrongly holds constant.
 */
export function checkSecondOrder(reference: Reference, recorder: Recorder): void {
  const { exact, c } = reference;
  const id = 'order2.difference';
  const why = firstReason(exact.xBars);
  if (why !== undefined) return recorder.skip(id, c.label, why);
  let second: Second | undefined;
  recorder.check(id, c.label, () => {
    second = secondOf(exact);
    return undefined;
  });
  if (second === undefined) return;
  const missing = firstReason(second.derivatives);
  if (missing !== undefined) return recorder.skip(id, c.label, missing);
  const { product } = second;
  recorder.check(id, c.label, () => secondOrderDiffers(reference, product));
}

function firstReason(derivatives: readonly Derivative[]): string | undefined {
  return derivatives.map(whyNull).find((why) => why !== undefined);
}

/** Gradients of ⟨w, Jᵀu⟩, and their values for inputs, u and w. */
export interface Second {
  readonly derivatives: readonly Derivative[];
  readonly product: Product;
}

type Product = (
  inputs: readonly Tensor[],
  us: readonly Tensor[],
  ws: readonly Tensor[],
) => readonly (Tensor | undefined)[];

/** The derivative of the gradient, as a graph of the engine. */
export function secondOf(exact: Linearised): Second {
  const live = exact.xBars.flatMap((xBar, k) => (isVariable(xBar) ? [{ xBar, k }] : []));
  const xBars = live.map(({ xBar }) => xBar);
  const ws = xBars.map(({ dtype, shape }, k) => tensor(`w${k}`, { dtype, shape }));
  const derivatives = pulledBack(xBars, exact.wrt, ws);
  const values = valuesOf(exact, [...exact.given, ...exact.cotangents, ...ws], derivatives);
  const product: Product = (inputs, us, all) =>
    values(inputs, [...us, ...live.map(({ k }) => all[k]!)]);
  return { derivatives, product };
}

function secondOrderDiffers(reference: Reference, product: Product): Finding {
  const { c, twin, exact, epsilon, rng, x, scales, wrtParts, outParts } = reference;
  const us = unpack(draw(reference, lengthOf(outParts)), partsLike(exact.cotangents, outParts));
  const weights = draw(reference, lengthOf(wrtParts));
  const ws = unpack(weights, wrtParts);
  const gradient = (inputs: readonly Tensor[]): readonly (Tensor | undefined)[] =>
    exact.pullback(inputs, us);
  const f = vectorFunction(twin, wrtParts, wrtParts, gradient);
  const values = pack(gradient(twin.inputs), wrtParts);
  const point = { x, scales, values, precision: precisionOf(wrtParts) };
  const jacobian = numericJacobian(f, point, rng);
  const analytic = pack(product(twin.inputs, us, ws), wrtParts);
  const sensitivity = sensitivityOf(reference, wrtParts, (xs) => product(xs, us, ws));
  const names = c.wrt.map((i) => `input ${i}`);
  return differs({
    numeric: fromLeft(jacobian, weights),
    analytic: along(jacobian, analytic),
    magnitude: absAlong(jacobian, analytic),
    sensitivity: absAlong(jacobian, sensitivity),
    epsilon,
    terms: weights.length,
    reach: (k) => jacobian.directions[k]!.reach,
    label: (k) => directionLabel(jacobian.directions[k]!, wrtParts, names),
  });
}
