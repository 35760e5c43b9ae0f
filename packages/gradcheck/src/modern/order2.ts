import { isFloat } from '@cotangent/tensor';
import { pack } from '../op/flat.ts';
import { basisOf, checkValues } from './values.ts';
import {
  cotangentsFor,
  drawSigned,
  pointContext,
  pull,
  push,
  structural,
  tangentsFor,
} from './point.ts';
import type { PointContext } from './point.ts';
import { Findings } from './report.ts';
import type { GradcheckId } from './report.ts';
import type { Subject } from './subject.ts';

/**
 * The derivative of the gradient, x ↦ Jᵀu for fixed signed u, checked as a function of its own: by differences of the
 * gradient (the only proof), by the symmetry of the Hessian of ⟨u, f⟩, and by agreement of all ways to compose the modes. Order 3 does the same once more.
 */
export function checkSecondOrder(c: PointContext, order: number): void {
  const { derivative } = c.subject;
  if (derivative === undefined) {
    c.findings.skip(`order 2 at ${c.sample}`, 'the rule gives no second derivative (hvp)');
    return;
  }
  if (c.at.length === 0 || c.x.length === 0) return;
  const u = drawSigned(c.at.length, c.rng('order2'));
  let inner: PointContext | undefined;
  structural(c, 'order2.difference', () => {
    inner = secondContext(c, derivative(cotangentsFor(c, u), c.wrt, c.twin));
    return undefined;
  });
  if (inner === undefined) return;
  c.findings.results.pop(); // that it can be built is no result of its own
  differenceOfGradient(c, inner);
  structural(c, 'order2.symmetry', () => asymmetry(inner!));
  if (inner.subject.pushforward !== undefined)
    structural(c, 'order2.modes', () => modesDiffer(c, inner!, u));
  if (order > 2) checkSecondOrder(inner, order - 1);
}

function secondContext(c: PointContext, subject: Subject): PointContext {
  const { options } = c.settings;
  const inner = {
    ...c.settings,
    options: { ...options, outputs: undefined, modes: ['rev'] as const },
    hasMode: (mode: 'rev' | 'fwd') => mode === 'rev',
    wants: (id: GradcheckId) => id === 'vjp.value' || c.settings.wants(id),
  };
  const findings = new Findings();
  const sample = `${c.sample}, order 2`;
  return pointContext({ subject, settings: inner, findings, sample, inputs: c.twin });
}

/** Runs the value check of the derivative, and hands its result on under the name of this check. */
function differenceOfGradient(c: PointContext, inner: PointContext): void {
  if (!c.settings.wants('order2.difference')) return;
  checkValues(inner, basisOf(inner));
  c.findings.count.evals += inner.findings.count.evals;
  for (const result of inner.findings.results) {
    if (result.id !== 'vjp.value') continue;
    const isVacuous = result.flags.includes('zero-evidence');
    const flags = isVacuous ? [...result.flags, 'vacuous' as const] : result.flags;
    const message =
      result.message ??
      (isVacuous ? 'the second derivative is zero here: it proves little' : undefined);
    c.findings.add({
      ...result,
      id: 'order2.difference',
      flags,
      ...(message !== undefined && { message }),
    });
  }
}

/** ⟨w, H v⟩ = ⟨v, H w⟩, three times. */
function asymmetry(inner: PointContext): string | undefined {
  if (inner.x.length !== inner.at.length) return undefined;
  const rng = inner.rng('symmetry');
  const draw = (): Float64Array => drawSigned(inner.x.length, rng);
  for (let k = 0; k < inner.settings.projections; k++) {
    const [v, w] = [draw(), draw()];
    const [hv, hw] = [pull(inner, v), pull(inner, w)];
    const [a, b] = [dot(w, hv), dot(v, hw)];
    const size = absDot(w, hv) + absDot(v, hw);
    if (!(Math.abs(a - b) <= 1e-9 * size))
      return `⟨w, H v⟩ = ${a} and ⟨v, H w⟩ = ${b}: the Hessian is not symmetric`;
  }
  return undefined;
}

/**
 * ∂²⟨u, f⟩ along v and w in all ways to compose the modes: each over the gradient, and each over the tangent x ↦ Jv, if
 * the subject has one.
 */
function modesDiffer(c: PointContext, inner: PointContext, u: Float64Array): string | undefined {
  const rng = inner.rng('modes');
  const [v, w] = [drawSigned(inner.at.length, rng), drawSigned(inner.x.length, rng)];
  const ways: Way[] = [
    { name: 'reverse over reverse', a: pull(inner, v), b: w },
    { name: 'forward over reverse', a: push(inner, w), b: v },
  ];
  const tangent = c.subject.tangentDerivative?.(tangentsFor(c, v), c.wrt);
  if (tangent !== undefined) {
    const outer = secondContext(c, tangent);
    const us = cotangentsFor(c, u).filter((_, j) => isFloat(c.values[j]!.dtype));
    const weights = pack(us, outer.outParts);
    ways.push(
      { name: 'reverse over forward', a: pull(outer, weights), b: w },
      { name: 'forward over forward', a: push(outer, w), b: weights },
    );
  }
  const [first, ...others] = ways;
  const expected = dot(first!.a, first!.b);
  const other = others.find(({ a, b }) => {
    const size = absDot(first!.a, first!.b) + absDot(a, b);
    return !(Math.abs(dot(a, b) - expected) <= 1e-9 * size);
  });
  return other && `${first!.name} gives ${expected}, ${other.name} ${dot(other.a, other.b)}`;
}

/** One way to a second derivative along two directions: the product of two vectors. */
interface Way {
  readonly name: string;
  readonly a: Float64Array;
  readonly b: Float64Array;
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, x, k) => sum + x * b[k]!, 0);
}

function absDot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, x, k) => sum + Math.abs(x * b[k]!), 0);
}
