import { copy } from '@cotangent/tensor';
import { sameShape } from '../op/reference.ts';
import {
  addResult,
  cotangentsFor,
  drawSigned,
  pull,
  push,
  structural,
  withInputs,
} from './point.ts';
import type { PointContext } from './point.ts';
import { sensitivityOf } from './precision.ts';
import { sameOrZero } from './same.ts';

/**
 * The same array given for several inputs: the rule still gives each its own share. Finds rules that know inputs by
 * their identity and count a repeated one once.
 */
export function checkRepeated(c: PointContext): void {
  const pairs = c.wrt.flatMap((i, k) => c.wrt.slice(k + 1).map((j) => [i, j] as const));
  const pair = pairs.find(
    ([i, j]) => sameShape(c.twin[i]!, c.twin[j]!) && c.twin[i]!.dtype === c.twin[j]!.dtype,
  );
  if (pair === undefined || !c.settings.wants('vjp.value')) return;
  const [i, j] = pair;
  const variant = { ...c, sample: `${c.sample}, same variable twice` };
  try {
    const xs = withInputs(c, c.x);
    const shared = xs.map((x, k) => (k === j ? xs[i]! : x));
    const apart = shared.map((x) => copy(x));
    const us = cotangentsFor(c, drawSigned(c.at.length, c.rng('repeated')));
    const [a, b] = [c.subject.pullback(shared, us), c.subject.pullback(apart, us)];
    const wrong = [i, j].find(
      (k) => !sameOrZero(a[k]!, b[k]!, Math.max(64 * c.epsilon, c.settings.nondetTol)),
    );
    const message = `with one array as inputs ${i} and ${j}, the gradient of input ${wrong} is not that with two equal arrays`;
    addResult(
      variant,
      'vjp.value',
      wrong === undefined ? 'pass' : 'fail',
      wrong === undefined ? undefined : message,
    );
  } catch {
    // Equal inputs may lie outside the domain: then there is nothing to compare.
  }
}

/** ⟨u, J v⟩ = ⟨Jᵀu, v⟩ up to rounding: consistency of the two modes, without differences. */
export function checkDot(c: PointContext): void {
  if (c.subject.pushforward === undefined || c.at.length === 0 || c.x.length === 0) return;
  if (c.settings.options.tangents?.some((t) => t !== undefined) === true) return;
  structural(c, 'vjp.jvp.dot', () => {
    const rng = c.rng('dot');
    for (let k = 0; k < c.settings.projections; k++) {
      const u = drawSigned(c.at.length, rng);
      const v = drawSigned(c.x.length, rng).map((value, j) => value * c.scales[j]!);
      const finding = dotsDiffer(c, u, v);
      if (finding !== undefined) return finding;
    }
    return undefined;
  });
}

function dotsDiffer(c: PointContext, u: Float64Array, v: Float64Array): string | undefined {
  const [xBar, yDot] = [pull(c, u), push(c, v)];
  const [forward, reverse] = [dot(u, yDot), dot(xBar, v)];
  const unavoidable = sensitivityOf(c, u, c.epsilon);
  const added = absDot(u, yDot) + absDot(xBar, v);
  const tolerance =
    64 * Math.max(c.epsilon, c.settings.nondetTol) * added + 16 * absDot(unavoidable, v);
  if (
    !Number.isFinite(forward) ||
    !Number.isFinite(reverse) ||
    Math.abs(forward - reverse) <= tolerance
  )
    return undefined;
  return `⟨u, J v⟩ = ${forward} and ⟨Jᵀ u, v⟩ = ${reverse}: the two modes are not adjoint`;
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, x, k) => sum + x * b[k]!, 0);
}

function absDot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, x, k) => sum + Math.abs(x * b[k]!), 0);
}
