import { sizeOf } from '@cotangent/tensor';
import { dotAlong } from '../numeric/directions.ts';
import type { Direction } from '../numeric/estimate.ts';
import { Mixture } from './judge.ts';
import { drawSigned, pull } from './point.ts';
import type { PointContext } from './point.ts';
import { estimateAlong } from './along.ts';
import { compare } from './values.ts';
import type { ValueEvidence } from './values.ts';

/**
 * Elements of one input that are equal and each on a kink are moved together: there the function is often smooth,
 * so the sum of their gradients is known. It finds a rule that gives the whole gradient to every tied element.
 */
export function checkTies(c: PointContext, { kinks: at, directions }: ValueEvidence): void {
  if (at.length === 0 || !c.settings.wants('kink.subgradient') || c.settings.atKinks === 'skip')
    return;
  const groups = tiesOf(c, at, directions);
  const us = Array.from({ length: c.settings.projections }, () =>
    drawSigned(c.at.length, c.rng('ties')),
  );
  const pulled = us.map((u) => pull(c, u));
  const items = groups.flatMap((direction, t) => {
    const e = estimateAlong(c, direction, new Float64Array(c.at.length), 1);
    return us.map((u, k) => {
      const mixture = new Mixture();
      for (let i = 0; i < c.at.length; i++) mixture.add(e, i, u[i]!);
      return mixture.item(
        dotAlong(pulled[k]!, direction),
        { direction: t, output: k, row: k },
        direction.reach,
      );
    });
  });
  compare(
    c,
    'kink.subgradient',
    [[items, { directions: groups, side: 'vjp', draws: us }]],
    ['kink'],
    { evals: 0, ms: 0 },
  );
}

function tiesOf(
  c: PointContext,
  at: readonly number[],
  directions: readonly Direction[],
): readonly Direction[] {
  const groups = new Map<string, number[]>();
  for (const t of at) {
    const { indices } = directions[t]!;
    if (indices.length !== 1) continue;
    const j = indices[0]!;
    const part = partAt(c, j);
    const key = `${part} ${c.x[j]!}`;
    groups.set(key, [...(groups.get(key) ?? []), j]);
  }
  return [...groups.values()]
    .filter((indices) => indices.length > 1)
    .map((indices) => ({
      indices,
      weights: indices.map(() => 1),
      reach: 0.05 * c.scales[indices[0]!]!,
    }));
}

function partAt({ wrtParts }: PointContext, j: number): number {
  let end = 0;
  return wrtParts.findIndex(({ shape }) => (end += sizeOf(shape)) > j);
}
