import { emptyEstimate, isFinite } from '../numeric/estimate.ts';
import type { Direction, Estimate } from '../numeric/estimate.ts';
import { complexStepAlong, differentiateAlong } from '../numeric/methods.ts';
import { pack, unpack } from '../op/flat.ts';
import { withInputs } from './point.ts';
import type { PointContext } from './point.ts';

/** The derivative along a direction by the method of the settings. */
export function estimateAlong(
  c: PointContext,
  direction: Direction,
  expected: Float64Array,
  jitter: number,
): Estimate {
  const { method } = c.settings;
  if (method === 'complex-step') {
    const exact = complexEstimate(c, direction);
    if (exact !== undefined) return exact;
  }
  return differentiateAlong(method, c.f, c.x, direction, {
    noise: c.noise,
    at: c.at,
    expected,
    jitter,
  });
}

/** By the complex step, unless one central difference disagrees: then f is not analytic there. */
function complexEstimate(c: PointContext, direction: Direction): Estimate | undefined {
  const { imaginaryPart } = c.subject;
  if (imaginaryPart === undefined) return undefined;
  const value = complexStepAlong(
    (x, y) => {
      c.findings.count.evals++;
      const parts = unpack(y, c.wrtParts);
      const ys = c.twin.map(
        (t, i) =>
          parts[c.wrt.indexOf(i)] ??
          unpack(new Float64Array(t.size), [{ dtype: 'float64', shape: t.shape }])[0]!,
      );
      const all = imaginaryPart(withInputs(c, x), ys);
      return pack(
        c.outputs.map((j) => all[j]),
        c.outParts,
      );
    },
    c.x,
    direction,
  );
  const h = (1e-6 * direction.reach) / 0.05;
  const guard = differentiateAlong(
    'central',
    c.f,
    c.x,
    { ...direction, reach: 0.05 * h * 1e6 },
    {
      noise: c.noise,
      jitter: 1,
    },
  );
  const agrees = value.every(
    (d, i) => Math.abs(d - guard.value[i]!) <= 1e-4 * Math.abs(d) + 8 * guard.bound[i]!,
  );
  if (!isFinite(value) || !agrees) return undefined;
  const bound = value.map((d) => 8 * 2 ** -52 * Math.abs(d));
  return { ...emptyEstimate(value.length), value, bound, low: value, high: value };
}
