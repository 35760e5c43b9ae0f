import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { constant } from '@cotangent/graph';
import type { Variable } from '@cotangent/graph';
import { denseData, tensorFrom, zerosTensor } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import * as ops from '../src/linear/index.ts';
import { evaluate } from './evaluate.ts';

/** Numbers, 'nan', 'inf' and '-inf' where JSON has none; an empty array as its shape. */
type Json = number | string | readonly Json[] | { readonly shape: readonly number[] };

interface Case {
  readonly op: keyof typeof calls;
  readonly args: readonly Json[];
  readonly options: Readonly<Record<string, Json | boolean>>;
  readonly values: readonly Json[];
  readonly condition: number;
}

/** One call for each op: variables, then options; numbers and strings among the arguments come as they are. */
const calls = {
  batchedDot: ([a, b]: Args) => ops.batchedDot(a!, b!),
  choSolve: ([a, b]: Args, o: object) => ops.choSolve(a!, b!, o),
  cholesky: ([a]: Args, o: object) => ops.cholesky(a!, o),
  det: ([a]: Args) => ops.det(a!),
  eigh: ([a]: Args, o: object) => ops.eigh(a!, o),
  eigvalsh: ([a]: Args, o: object) => ops.eigvalsh(a!, o),
  einsum: (args: Args, _: object, spec: string) => ops.einsum(spec, ...args),
  inner: ([a, b]: Args) => ops.inner(a!, b!),
  inv: ([a]: Args) => ops.inv(a!),
  kron: ([a, b]: Args) => ops.kron(a!, b!),
  lstsq: ([a, b]: Args) => ops.lstsq(a!, b!),
  matrixPower: ([a, n]: Args) => ops.matrixPower(a!, valueOf(n!).item()),
  normMatrix: ([a]: Args, o: object) => ops.normMatrix(a!, o),
  normVector: ([a]: Args, o: object) => ops.normVector(a!, o),
  outer: ([a, b]: Args) => ops.outer(a!, b!),
  pinv: ([a]: Args) => ops.pinv(a!),
  qr: ([a]: Args, o: object) => ops.qr(a!, o),
  slogdet: ([a]: Args) => ops.slogdet(a!),
  solve: ([a, b]: Args, o: object) => ops.solve(a!, b!, o),
  solveTriangular: ([a, b]: Args, o: object) => ops.solveTriangular(a!, b!, o),
  svd: ([a]: Args) => ops.svd(a!),
  svdvals: ([a]: Args) => ops.svdvals(a!),
  vdot: ([a, b]: Args) => ops.vdot(a!, b!),
};
type Args = readonly Variable[];

/**
 * How far values may be from those of NumPy, in roundings of the largest element times the condition number: both have
 * errors of that size. Products of whole numbers are exact, and so is what only copies.
 */
const bounds: { readonly [Op in keyof typeof calls]: number } = {
  batchedDot: 0,
  choSolve: 40,
  cholesky: 10,
  det: 20,
  eigh: 20,
  eigvalsh: 20,
  einsum: 0,
  inner: 0,
  inv: 20,
  kron: 0,
  lstsq: 40,
  matrixPower: 40,
  normMatrix: 10,
  normVector: 4,
  outer: 0,
  pinv: 40,
  qr: 20,
  slogdet: 20,
  solve: 20,
  solveTriangular: 10,
  svd: 20,
  svdvals: 20,
  vdot: 0,
};

// A file of this package, made by make-linear-algebra.py beside it.
const text = readFileSync(new URL('fixtures/linear-algebra.json', import.meta.url), 'utf8');
const cases = JSON.parse(text) as readonly Case[];

function parsed(x: Json): Tensor {
  if (typeof x === 'object' && 'shape' in x) return zerosTensor(x.shape, 'float64');
  return tensorFrom(Float64Array.from(numbersIn(x)), { shape: shapeOf(x) });
}

function numbersIn(x: Json): readonly number[] {
  if (typeof x === 'object') return Array.isArray(x) ? x.flatMap(numbersIn) : [];
  return [numberOf(x)];
}

function shapeOf(x: Json): readonly number[] {
  return Array.isArray(x) ? [x.length, ...shapeOf(x[0] ?? 0)] : [];
}

function numberOf(x: number | string): number {
  if (typeof x === 'number') return x;
  return x === 'nan' ? NaN : x === 'inf' ? Infinity : -Infinity;
}

function valueOf(x: Variable): Tensor {
  return evaluate(x);
}

function outputsOf({ op, args, options }: Case): readonly Tensor[] {
  const spec = args.find((x) => typeof x === 'string') ?? '';
  const variables = args.filter((x) => typeof x !== 'string').map((x) => constant(parsed(x)));
  const named = { ...options };
  if (op.startsWith('norm') && options['ord'] !== 'fro' && options['ord'] !== 'nuc')
    named['ord'] = numberOf((options['ord'] ?? 2) as number | string);
  const result: Variable | readonly Variable[] = calls[op](variables, named, String(spec));
  return ('owner' in result || 'kind' in result ? [result] : [...result]).map(valueOf);
}

/** The largest difference, in roundings of the largest element; infinite where NaN, infinities or sizes differ. */
function distance(got: Tensor, want: Tensor): number {
  const [x, y] = [[...denseData(got)], [...denseData(want)]];
  if (x.length !== y.length) return Infinity;
  const scale = Math.max(...y.filter(Number.isFinite).map(Math.abs), 0);
  return x.reduce((most, value, k) => {
    if (Object.is(value + 0, y[k]! + 0)) return most;
    const error = Math.abs(value - y[k]!) / scale / 2 ** -52;
    return Number.isNaN(error) ? Infinity : Math.max(most, error);
  }, 0);
}

describe('linear algebra', () => {
  for (const op of Object.keys(calls) as (keyof typeof calls)[]) {
    const own = cases.filter((c) => c.op === op);
    it(`${op} gives the values of NumPy`, () => {
      expect(own.length).toBeGreaterThanOrEqual(4);
      for (const c of own) {
        // Vectors of eigh and svd are unique up to sign, and in degenerate spaces up to a rotation.
        const compared = op === 'eigh' ? [0] : op === 'svd' ? [1] : c.values.map((_, k) => k);
        const outputs = outputsOf(c);
        const errors = compared.map((k) => distance(outputs[k]!, parsed(c.values[k]!)));
        const allowed =
          bounds[op] * Math.max(1, parsed(c.args[0]!).shape.at(-1) ?? 1) * c.condition;
        const shown = JSON.stringify([c.op, c.options, c.args]);
        expect([shown, errors.every((error) => error <= allowed), errors, allowed]).toEqual([
          shown,
          true,
          errors,
          allowed,
        ]);
      }
    });
  }
});
