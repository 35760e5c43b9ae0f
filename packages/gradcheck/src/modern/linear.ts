import { drawSigned, pull, push, structural } from './point.ts';
import type { PointContext } from './point.ts';
import { largestOf } from './same.ts';

/**
 * V(0) = 0, V(2a − 10b) = 2V(a) − 10V(b), V(−a) = −V(a), V(10⁶a) = 10⁶V(a), to 1e-9 of the largest term: finds a
 * misused sign, size or presence of the cotangent. The same for a pushforward.
 */
export function checkLinear(c: PointContext): void {
  const tolerance = Math.max(1e-9, 64 * c.epsilon, 16 * c.settings.nondetTol);
  const rng = c.rng('linear');
  const [a, b] = [drawSigned(c.at.length, rng), drawSigned(c.at.length, rng)];
  structural(c, 'pullback.zero', () =>
    pull(
      c,
      a.map(() => 0),
    ).some((value) => value !== 0)
      ? 'a cotangent of 0 gives a gradient that is not 0'
      : undefined,
  );
  structural(c, 'pullback.linear', () => notLinear((u) => pull(c, u), a, b, tolerance, 'V'));
  if (c.subject.pushforward === undefined) return;
  const scaled = (v: Float64Array): Float64Array => v.map((value, j) => value * c.scales[j]!);
  const [v, w] = [scaled(drawSigned(c.x.length, rng)), scaled(drawSigned(c.x.length, rng))];
  structural(c, 'pushforward.linear', () =>
    push(
      c,
      v.map(() => 0),
    ).some((value) => value !== 0)
      ? 'a tangent of 0 gives a tangent that is not 0'
      : notLinear((t) => push(c, t), v, w, tolerance, 'P'),
  );
}

function notLinear(
  map: (u: Float64Array) => Float64Array,
  a: Float64Array,
  b: Float64Array,
  tolerance: number,
  name: string,
): string | undefined {
  const [va, vb] = [map(a), map(b)];
  const laws: readonly (readonly [string, Float64Array, Float64Array])[] = [
    [
      `${name}(2a − 10b) is not 2${name}(a) − 10${name}(b)`,
      map(a.map((x, k) => 2 * x - 10 * b[k]!)),
      va.map((x, k) => 2 * x - 10 * vb[k]!),
    ],
    [
      `${name}(−a) is not −${name}(a): the sign of the argument is misused`,
      map(a.map((x) => -x)),
      va.map((x) => -x),
    ],
    [
      `${name}(10⁶a) is not 10⁶${name}(a): clipped?`,
      map(a.map((x) => 1e6 * x)),
      va.map((x) => 1e6 * x),
    ],
  ];
  for (const [law, got, expected] of laws) {
    const scale = law.includes('10b') ? 10 : law.includes('10⁶') ? 1e6 : 1;
    const size = scale * Math.max(largestOf(va), largestOf(vb));
    if (
      got.some(
        (x, k) =>
          Number.isFinite(expected[k]!) && !(Math.abs(x - expected[k]!) <= tolerance * size),
      )
    )
      return law;
  }
  return undefined;
}
