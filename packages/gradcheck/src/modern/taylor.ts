import type { Rung } from '../numeric/estimate.ts';

/**
 * The slope of log T(h) against log h for T(h) = |φ(h) − φ(0) − h·a|, φ = ⟨u, f⟩: 2 if `a` is the derivative of φ,
 * 1 if it is not. Uses the steps at which T is above noise; `undefined` if fewer than two are.
 *
 * @param slope - a, by the rule.
 * @param noise - of φ.
 */
export function slopeOf(
  rungs: readonly Rung[],
  at: Float64Array,
  weights: Float64Array,
  slope: number,
  noise: number,
): number | undefined {
  const points = rungs.flatMap(({ h, up }) => {
    const phi = up.reduce((sum, y, i) => sum + weights[i]! * (y - at[i]!), 0);
    const remainder = Math.abs(phi - h * slope);
    return remainder > 20 * noise ? [[Math.log(h), Math.log(remainder)] as const] : [];
  });
  if (points.length < 2) return undefined;
  const n = points.length;
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / n;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / n;
  const covariance = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return covariance / points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}
