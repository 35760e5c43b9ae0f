import { astype, copy, isFloat, tensorFrom } from '@cotangent/tensor';
import type { FloatDType, Tensor, TensorLike } from '@cotangent/tensor';
import { disconnected, isAbsence } from '@cotangent/graph';
import { fdmAlong } from '../src/numeric/fdm.ts';
import { pack, unpack } from '../src/op/flat.ts';
import type { Part } from '../src/op/flat.ts';
import { partOf } from '../src/op/reference.ts';
import { ruleSubject } from '../src/modern/rule.ts';
import type { NumericRule } from '../src/modern/rule.ts';
import type { Subject } from '../src/modern/subject.ts';
import type { Rng } from '../src/rng.ts';

/** The decision of a checker at one point: whether it takes the rule for right. */
export type Decision = (point: Point, rng: Rng) => boolean;

/** A rule at a point, as vectors: what every one of the older checkers works with. */
export interface Point {
  readonly dtypes: readonly FloatDType[];
  readonly x: Float64Array;
  /** First element and length of each differentiable input, and of each output. */
  readonly inputs: readonly Range[];
  readonly outputs: readonly Range[];
  readonly f: (x: Float64Array) => Float64Array;
  readonly pull: (u: Float64Array) => Float64Array;
  readonly push: ((v: Float64Array) => Float64Array) | undefined;
  /** Gradient of ⟨w, Jᵀu⟩. */
  readonly second: ((u: Float64Array, w: Float64Array) => Float64Array) | undefined;
  /** Jᵀu at another point. */
  readonly pullAt: (x: Float64Array, u: Float64Array) => Float64Array;
  /** Jᵀu with the cotangents of all outputs but one left out, if the rule takes that. */
  readonly pullOne: ((output: number, u: Float64Array) => Float64Array) | undefined;
  readonly outputCount: number;
}

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A rule at a point, without any of the options that only our checker knows. */
export function pointOf(rule: NumericRule, given: readonly TensorLike[]): Point {
  const subject = ruleSubject(rule, false);
  const all = given.map((x) => tensorFrom(x));
  const wrt = all.map((_, i) => i).filter((i) => isFloat(all[i]!.dtype));
  const parts = wrt.map((i) => partOf(all[i]!));
  const x = pack(
    wrt.map((i) => all[i]!),
    parts,
  );
  const at = (flat: Float64Array): readonly Tensor[] => {
    const own = unpack(flat, parts);
    return all.map((t, i) => own[wrt.indexOf(i)] ?? copy(t));
  };
  const values = subject.evaluate(at(x));
  const outParts = values.map(partOf);
  const gradient = (flat: Float64Array, us: Parameters<Subject['pullback']>[1]): Float64Array => {
    const terms = subject.pullback(at(flat), us);
    return pack(
      wrt.map((i) => {
        const term = terms[i];
        return term === undefined || isAbsence(term) ? undefined : term;
      }),
      parts,
    );
  };
  const pullAt = (flat: Float64Array, u: Float64Array): Float64Array =>
    gradient(flat, unpack(u, outParts));
  const { derivative, pushforward } = subject;
  return {
    dtypes: parts.flatMap(({ dtype }) =>
      dtype === 'float32' || dtype === 'float64' ? [dtype] : [],
    ),
    x,
    inputs: rangesOf(parts),
    outputs: rangesOf(outParts),
    f: (flat) => pack(subject.evaluate(at(flat)), outParts),
    pullAt,
    pull: (u) => pullAt(x, u),
    push:
      pushforward &&
      ((v) =>
        pack(
          pushforward(at(x), tangents(all, wrt, unpack(v, parts))).map((y) =>
            isAbsence(y) ? undefined : y,
          ),
          outParts,
        )),
    second:
      derivative &&
      ((u, w) => {
        const inner = derivative(unpack(u, outParts), wrt, all);
        const terms = inner.pullback(at(x), unpack(w, parts));
        return pack(
          wrt.map((i) => (isAbsence(terms[i]) ? undefined : terms[i])),
          parts,
        );
      }),
    pullOne:
      rule.takesAbsent === true
        ? (output, u) =>
            gradient(
              x,
              unpack(u, outParts).map((v, j) => (j === output ? v : disconnected)),
            )
        : undefined,
    outputCount: values.length,
  };
}

function tangents(
  all: readonly Tensor[],
  wrt: readonly number[],
  given: readonly Tensor[],
): readonly Tensor[] {
  return all.map(
    (x, i) =>
      given[wrt.indexOf(i)] ??
      astype(tensorFrom(new Float64Array(x.size), { shape: x.shape }), 'float64'),
  );
}

function rangesOf(parts: readonly Part[]): readonly Range[] {
  let start = 0;
  return parts.map(({ shape }) => {
    const first = start;
    start += shape.reduce((p, n) => p * n, 1);
    return { start: first, end: start };
  });
}

const gaussian = (rng: Rng): number =>
  Math.sqrt(-2 * Math.log(1 - rng())) * Math.cos(2 * Math.PI * rng());
const vector = (n: number, draw: () => number): Float64Array =>
  Float64Array.from({ length: n }, draw);
const dot = (a: Float64Array, b: Float64Array): number =>
  a.reduce((sum, value, k) => sum + value * b[k]!, 0);
const total = (a: Float64Array): number => a.reduce((sum, value) => sum + value, 0);
const outSize = ({ outputs }: Point): number => outputs.at(-1)?.end ?? 0;
const isSingle = ({ dtypes }: Point): boolean => dtypes.includes('float32');
const moved = (x: Float64Array, v: Float64Array, h: number): Float64Array =>
  x.map((value, j) => value + h * v[j]!);
const unit = (n: number, j: number): Float64Array => new Float64Array(n).fill(1, j, j + 1);

/** (f(x + h·v) − f(x − h·v)) / 2h. */
function central(point: Point, v: Float64Array, h: number): Float64Array {
  const [up, down] = [point.f(moved(point.x, v, h)), point.f(moved(point.x, v, -h))];
  return up.map((y, i) => (y - down[i]!) / (2 * h));
}

/** `verify_grad` of Theano and PyTensor: specification 2.17. */
export const theano: Decision = (point, rng) => {
  const eps = isSingle(point) ? 3e-4 : 1e-7;
  const tol = isSingle(point) ? 1e-2 : 1e-4;
  for (let test = 0; test < 2; test++) {
    const u = vector(outSize(point), () => 0.5 + rng());
    const base = dot(u, point.f(point.x));
    const analytic = point.pull(u);
    for (const [j, a] of analytic.entries()) {
      const d = (dot(u, point.f(moved(point.x, unit(point.x.length, j), eps))) - base) / eps;
      const absErr = Math.abs(a - d);
      const relErr = absErr / Math.max(Math.abs(a) + Math.abs(d), 1e-8);
      if (!Number.isFinite(absErr) || (absErr > tol && relErr > tol)) return false;
    }
  }
  return true;
};

/** `check_grads` of JAX: one scalar in reverse mode, whole arrays in forward mode; second order where there is a rule. */
export const jax: Decision = (point, rng) => {
  const tol = isSingle(point) ? 2e-3 : 1e-5;
  const v = vector(point.x.length, () => gaussian(rng));
  const u = vector(outSize(point), () => gaussian(rng));
  const numeric = central(point, v, 1e-4);
  const isClose = (a: number, d: number, size: number): boolean =>
    Math.abs(a - d) <= tol * size + tol * size * Math.abs(d);
  if (!isClose(dot(v, point.pull(u)), dot(u, numeric), 1)) return false;
  const forward = point.push?.(v);
  if (forward?.some((a, i) => !isClose(a, numeric[i]!, numeric.length)) === true) return false;
  return secondOrder(point, u, v, 1e-4, (a, d) => isClose(a, d, 1), rng);
};

/** A scalar of the second derivative against central differences of the gradient. */
function secondOrder(
  point: Point,
  u: Float64Array,
  v: Float64Array,
  h: number,
  isClose: (a: number, d: number) => boolean,
  rng: Rng,
): boolean {
  if (point.second === undefined) return true;
  const w = vector(point.x.length, () => gaussian(rng));
  const [up, down] = [
    point.pullAt(moved(point.x, v, h), u),
    point.pullAt(moved(point.x, v, -h), u),
  ];
  const d = up.reduce((sum, g, j) => sum + (w[j]! * (g - down[j]!)) / (2 * h), 0);
  return isClose(dot(point.second(u, w), v), d);
}

/** What `gradcheck` of Torch asks in both modes: the same twice, 0 for 0, absent cotangents as zeros. */
function torchBasics(point: Point, rng: Rng): boolean {
  const u = vector(outSize(point), () => gaussian(rng));
  const [a, b] = [point.pull(u), point.pull(u)];
  if (a.some((g, j) => g !== b[j]!)) return false;
  if (point.pull(u.map(() => 0)).some((g) => g !== 0)) return false;
  const { pullOne } = point;
  if (pullOne === undefined) return true;
  return point.outputs.every(({ start, end }, k) => {
    const alone = u.map((value, i) => (i >= start && i < end ? value : 0));
    const [got, expected] = [pullOne(k, u), point.pull(alone)];
    return got.every((g, j) => Math.abs(g - expected[j]!) <= 1e-5 + 1e-3 * Math.abs(expected[j]!));
  });
}

/** `gradcheck` of Torch, slow mode: the whole Jacobian by unit vectors. */
export const torchSlow: Decision = (point, rng) => {
  const [n, m] = [point.x.length, outSize(point)];
  const columns = Array.from({ length: n }, (_, j) => central(point, unit(n, j), 1e-6));
  for (let i = 0; i < m; i++) {
    const row = point.pull(unit(m, i));
    if (
      columns.some(
        (column, j) => !(Math.abs(row[j]! - column[i]!) <= 1e-5 + 1e-3 * Math.abs(column[i]!)),
      )
    )
      return false;
  }
  return torchBasics(point, rng);
};

/** Torch's fast mode: non-negative unit vectors, one scalar for each pair of input and output. */
export const torchFast: Decision = (point, rng) => {
  for (const input of point.inputs) {
    for (const output of point.outputs) {
      const v = direction(point.x.length, input, rng);
      const u = direction(outSize(point), output, rng);
      const d = dot(u, central(point, v, 1e-6));
      const a = dot(point.pull(u), v);
      if (!(Math.abs(a - d) <= 1e-5 * total(u) * total(v) + 1e-3 * Math.abs(d))) return false;
    }
  }
  return torchBasics(point, rng);
};

function direction(n: number, { start, end }: Range, rng: Rng): Float64Array {
  const v = new Float64Array(n);
  for (let j = start; j < end; j++) v[j] = rng();
  const norm = Math.sqrt(dot(v, v));
  return norm === 0 ? v : v.map((value) => value / norm);
}

/** `check_grads` of autograd: Gaussian vectors, one scalar, both modes, order 2. */
export const autograd: Decision = (point, rng) => {
  const isClose = (a: number, d: number): boolean =>
    Math.abs(a - d) < 1e-6 || Math.abs(a - d) / Math.abs(a + d) < 1e-6;
  const v = vector(point.x.length, () => gaussian(rng));
  const u = vector(outSize(point), () => gaussian(rng));
  const d = dot(u, central(point, v, 0.5e-6));
  if (!isClose(dot(point.pull(u), v), d)) return false;
  if (point.push !== undefined && !isClose(dot(u, point.push(v)), d)) return false;
  return secondOrder(point, u, v, 0.5e-6, isClose, rng);
};

/** ChainRulesTestUtils: FiniteDifferences.jl's five points, array norms, relative 1e-9. */
export const crtu: Decision = (point, rng) => {
  const [n, m] = [point.x.length, outSize(point)];
  const along = (v: Float64Array): Float64Array => {
    const indices = Array.from(v, (_, j) => j);
    return fdmAlong((x) => point.f(x), point.x, { indices, weights: v, reach: 0 }, m).value;
  };
  const isClose = (a: Float64Array, d: Float64Array): boolean => {
    const norm = (values: Float64Array): number => Math.sqrt(dot(values, values));
    const gap = norm(a.map((value, k) => value - d[k]!));
    return gap <= Math.max(1e-9, 1e-9 * Math.max(norm(a), norm(d)));
  };
  const u = vector(m, () => gaussian(rng));
  const numeric = Float64Array.from({ length: n }, (_, j) => dot(u, along(unit(n, j))));
  const analytic = point.pull(u);
  if (
    !point.inputs.every(({ start, end }) =>
      isClose(analytic.slice(start, end), numeric.slice(start, end)),
    )
  )
    return false;
  if (point.push === undefined) return true;
  const v = vector(n, () => gaussian(rng));
  return isClose(point.push(v), along(v));
};

/** The decision rules beside ours, by the names of their tools. */
export const checkers: Readonly<Record<string, Decision>> = {
  'Theano / PyTensor': theano,
  JAX: jax,
  'Torch slow': torchSlow,
  'Torch fast': torchFast,
  autograd,
  ChainRulesTestUtils: crtu,
};
