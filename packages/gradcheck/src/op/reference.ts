import { isFloat } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import { rngOf, signed, signedVector } from '../rng.ts';
import type { Rng } from '../rng.ts';
import { inFloat64 } from './cases.ts';
import type { OpCase } from './cases.ts';
import { lengthOf, pack, unpack } from './flat.ts';
import type { Part } from './flat.ts';
import { scalesOf } from '../numeric/directions.ts';
import { numericJacobian, zeroJacobian } from './jacobian.ts';
import type { NumericJacobian } from './jacobian.ts';
import type { VectorFunction } from '../numeric/estimate.ts';
import { knownSizes, linearise, positionOf } from './linearise.ts';
import type { Linearised } from './linearise.ts';

/** A case with its Jacobian by differences, taken in float64 at the same point. */
export interface Reference {
  readonly c: OpCase;
  /** The case in float64. */
  readonly twin: OpCase;
  /** The derivatives of the case in float64, by the op's own rules. */
  readonly exact: Linearised;
  /** Machine epsilon of the least precise float among inputs and outputs of the case. */
  readonly epsilon: number;
  readonly rng: Rng;
  /** The inputs differentiated by, as one vector. */
  readonly x: Float64Array;
  /** Size of each coordinate. */
  readonly scales: Float64Array;
  readonly wrtParts: readonly Part[];
  /** Of the float64 twin. */
  readonly outParts: readonly Part[];
  readonly jacobian: NumericJacobian;
}

/** Takes the differences at a case. */
export function referenceAt(c: OpCase, seed: number): Reference {
  const twin = inFloat64(c);
  const rng = rngOf(seed, c.op.name, c.label);
  const exact = linearise(twin, knownSizes);
  const wrtParts = twin.wrt.map((i) => partOf(twin.inputs[i]!));
  const x = pack(
    twin.wrt.map((i) => twin.inputs[i]!),
    wrtParts,
  );
  const base = outputsAt(exact, twin.inputs);
  const outParts = base.map(partOf);
  const scales = scalesOf(
    x,
    wrtParts.map((part) => lengthOf([part])),
  );
  const values = pack(base, outParts);
  const f = vectorFunction(twin, wrtParts, outParts, (inputs) => outputsAt(exact, inputs));
  const point = { x, scales, values, precision: precisionOf(outParts) };
  const jacobian = exact.outputs.some((y) => isFloat(y.dtype))
    ? numericJacobian(f, point, rng)
    : zeroJacobian(point, rng);
  const epsilon = Math.max(...[...c.inputs, ...base].map(({ dtype }) => epsilonOf(dtype)));
  return { c, twin, exact, epsilon, rng, x, scales, wrtParts, outParts, jacobian };
}

export function partOf({ dtype, shape }: Tensor): Part {
  return { dtype, shape };
}

/** The values of the outputs that have derivatives. */
function outputsAt(exact: Linearised, inputs: readonly Tensor[]): readonly Tensor[] {
  const results = exact.evaluate(inputs);
  return exact.outputs.map((y) => results[positionOf(y)]!);
}

/**
 * A function of the inputs differentiated by, from vector to vector. It has no value where it throws or
 * where a shape follows a value.
 */
export function vectorFunction(
  c: OpCase,
  wrtParts: readonly Part[],
  outParts: readonly Part[],
  f: (inputs: readonly Tensor[]) => readonly (Tensor | undefined)[],
): VectorFunction {
  return (flat) => {
    const results = ifPossible(() => f(substituted(c, flat, wrtParts)));
    if (results === undefined) return undefined;
    const keeps = results.every((y, j) => y === undefined || sameShape(y, outParts[j]!));
    return keeps ? pack(results, outParts) : undefined;
  };
}

export function sameShape(a: Part, b: Part): boolean {
  return a.shape.join() === b.shape.join();
}

/** The inputs of a case with those differentiated by replaced. */
function substituted(c: OpCase, flat: Float64Array, parts: readonly Part[]): readonly Tensor[] {
  const replaced = unpack(flat, parts);
  return c.inputs.map((x, i) => replaced[c.wrt.indexOf(i)] ?? x);
}

function ifPossible<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined; // a perturbed point outside the domain
  }
}

export function epsilonOf(dtype: Part['dtype']): number {
  return dtype === 'float32' ? 2 ** -23 : 2 ** -52;
}

/** Machine epsilon of each element. */
export function precisionOf(parts: readonly Part[]): Float64Array {
  return Float64Array.from(
    parts.flatMap((part) => Array<number>(lengthOf([part])).fill(epsilonOf(part.dtype))),
  );
}

/** Signed random numbers with as many bits as the dtype under test holds: those of a narrower one hide a detour by it. */
export function draw(
  { epsilon, rng }: Pick<Reference, 'epsilon' | 'rng'>,
  length: number,
): Float64Array {
  if (epsilon > 1e-10) return signedVector(length, rng);
  return Float64Array.from({ length }, () => signed(rng));
}

/** How far inputs are moved to measure a sensitivity, in roundings. */
const [fewest, most] = [8, 16];

/**
 * Change of a product in float64 when every input moves by one rounding of the case's dtype: an error in the result that
 * no rule can avoid (backward error, Higham 2002, §1.5). Measured among points around x, in opposite pairs, by random
 * numbers of roundings, and never at x: a rule that is wrong only there, behind a comparison that is true of no other
 * point, is not to be forgiven for its jump.
 */
export function sensitivityOf(
  { twin, x, epsilon, rng, wrtParts }: Reference,
  parts: readonly Part[],
  product: (inputs: readonly Tensor[]) => readonly (Tensor | undefined)[],
): Float64Array {
  const f = vectorFunction(twin, wrtParts, parts, product);
  const length = lengthOf(parts);
  const low = Array<number>(length).fill(Infinity);
  const high = Array<number>(length).fill(-Infinity);
  for (let k = 0; k < 2; k++) {
    const steps = x.map(() => (rng() < 0.5 ? -1 : 1) * (fewest + (most - fewest) * rng()));
    for (const sign of [1, -1]) {
      const moved = x.map((element, j) => element * (1 + sign * steps[j]! * epsilon));
      f(moved)?.forEach((value, i) => {
        low[i] = Math.min(low[i]!, value);
        high[i] = Math.max(high[i]!, value);
      });
    }
  }
  return Float64Array.from(low, (value, i) => Math.max(0, (high[i]! - value) / (2 * fewest)));
}
