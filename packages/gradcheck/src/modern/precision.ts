import { astype, copy, isFloat } from '@cotangent/tensor';
import { isAbsence } from '@cotangent/graph';
import { epsilonOf } from '../op/reference.ts';
import { cotangentsFor, drawSigned, packTerms, pull, structural } from './point.ts';
import type { PointContext } from './point.ts';

/**
 * Largest change of Jᵀu in float64 when every input moves by one rounding of relative size ε, over four patterns of
 * signs: an error that no rule can avoid (backward error; Higham 2002, §1.5).
 */
export function sensitivityOf(c: PointContext, u: Float64Array, epsilon: number): Float64Array {
  const base = pull(c, u);
  const largest = new Float64Array(base.length);
  const rng = c.rng('sensitivity');
  for (let k = 0; k < 4; k++) {
    const x = c.x.map((element) => element * (1 + (rng() < 0.5 ? -epsilon : epsilon)));
    pull(c, u, x).forEach((value, j) => {
      const change = Math.abs(value - base[j]!);
      if (change > largest[j]!) largest[j] = change;
    });
  }
  return largest;
}

/**
 * The second leg of float32: the rule in its own dtype against the same rule in float64, at the same point. Finds
 * sums in the wrong dtype, casts and detours through less precision. The gap allowed is
 * `64·ε·√m·max(Σ|u||J|, |a|) + 8·ε·max|a| + 16·B`, B the sensitivity.
 */
export function checkPrecision(c: PointContext): void {
  const low = c.inputs.filter((x, i) => c.wrt.includes(i) && x.dtype === 'float32');
  if (low.length === 0 || c.twin.every((x, i) => x.dtype === c.inputs[i]!.dtype)) return;
  structural(c, 'grad.precision', () => {
    const rng = c.rng('precision');
    for (let k = 0; k < c.settings.projections; k++) {
      const finding = gapFor(c, drawSigned(c.at.length, rng));
      if (finding !== undefined) return finding;
    }
    return undefined;
  });
}

function gapFor(c: PointContext, u: Float64Array): string | undefined {
  const epsilon = epsilonOf('float32');
  const exact = pull(c, u);
  const values = c.subject.evaluate(c.inputs.map((x) => copy(x)));
  const us = cotangentsFor(c, u, values);
  c.findings.count.vjps++;
  const terms = c.subject.pullback(
    c.inputs.map((x) => copy(x)),
    us,
  );
  const own = packTerms(
    c,
    terms.map((term) => (isAbsence(term) || !isFloat(term.dtype) ? term : astype(term, 'float64'))),
  );
  const unavoidable = sensitivityOf(c, u, epsilon);
  const largest = exact.reduce((max, a) => Math.max(max, Math.abs(a)), 0);
  const sums = magnitudesOf(c, u, exact);
  const j = own.findIndex((a, at) => {
    const inSum = 64 * epsilon * Math.sqrt(Math.max(1, u.length)) * sums[at]!;
    return !(Math.abs(a - exact[at]!) <= inSum + 8 * epsilon * largest + 16 * unavoidable[at]!);
  });
  if (j < 0) return undefined;
  const gap = Math.abs(own[j]! - exact[j]!) / Math.max(Math.abs(exact[j]!), 1e-300);
  return `in float32 the gradient is ${own[j]!}, in float64 ${exact[j]!}: a relative gap of ${gap.toExponential(1)} at element ${j}, equal in float64 but not in the dtype under test`;
}

/** Σᵢ |uᵢ||Jᵢⱼ| for few outputs, by the rule's rows; else |Jᵀu|. */
function magnitudesOf(c: PointContext, u: Float64Array, exact: Float64Array): Float64Array {
  if (u.length > 64 || u.length * exact.length > 4096) return exact.map(Math.abs);
  const sum = exact.map(Math.abs);
  const total = new Float64Array(exact.length);
  u.forEach((weight, i) => {
    const row = pull(c, new Float64Array(u.length).fill(1, i, i + 1));
    row.forEach((a, j) => (total[j]! += Math.abs(weight * a)));
  });
  return total.map((value, j) => Math.max(value, sum[j]!));
}
