import { signedDirection } from '../numeric/directions.ts';
import { derivativeAlong } from '../numeric/active.ts';
import { addResult, drawSigned, pull } from './point.ts';
import type { PointContext } from './point.ts';
import { slopeOf } from './taylor.ts';

/** A second opinion where the differences cannot tell: the order of the Taylor remainder along a random direction. */
export function checkTaylor(c: PointContext): void {
  if (!c.settings.wants('taylor.slope')) return;
  const rng = c.rng('taylor');
  const u = drawSigned(c.at.length, rng);
  const direction = signedDirection(
    Int32Array.from(c.x, (_, j) => j),
    c.scales,
    rng,
  );
  const e = derivativeAlong(c.f, c.x, direction, {
    noise: c.noise,
    at: c.at,
    jitter: 1,
    target: 0,
  });
  const xBar = pull(c, u);
  let a = 0;
  for (let k = 0; k < direction.indices.length; k++)
    a += xBar[direction.indices[k]!]! * direction.weights[k]!;
  const noise = c.noise.reduce((sum, eta, i) => sum + Math.abs(eta * u[i]!), 0);
  const slope = slopeOf(e.rungs.slice(-6), c.at, u, a, noise);
  if (slope === undefined || slope >= 1.8) {
    addResult(
      c,
      'taylor.slope',
      'pass',
      `the Taylor remainder supports the rule${slope === undefined ? ': it is all noise' : ` (slope ${slope.toFixed(2)})`}`,
    );
  } else {
    addResult(
      c,
      'taylor.slope',
      'skipped',
      `the Taylor remainder does not support the rule (slope ${slope.toFixed(2)}, right would be 2)`,
    );
  }
}
