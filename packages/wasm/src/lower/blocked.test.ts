import { describe, expect, it } from '@jest/globals';
import { grad } from '@cotangent/autodiff';
import { compile } from '@cotangent/compile';
import { matrix, tensor, vector } from '@cotangent/graph';
import type { Input, Variable } from '@cotangent/graph';
import {
  add,
  max,
  mean,
  matmul,
  mul,
  neg,
  slice,
  softplus,
  sub,
  sum,
  transpose,
} from '@cotangent/ops';
import type { FloatDType, Tensor } from '@cotangent/tensor';
import { tensorFrom } from '@cotangent/tensor';
import { wasmBackend } from '../backend.ts';

/** Numbers in [−½, ½), the same for one seed. */
function numbers(seed: number, shape: readonly number[], dtype: FloatDType = 'float64'): Tensor {
  let state = seed;
  const data = Array.from({ length: shape.reduce((n, size) => n * size, 1) }, () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 0x80000000 - 0.5;
  });
  return tensorFrom(data, { shape, dtype });
}

/** Whether a module works in blocks; its results must be those of the reference up to `roundings`. */
function isBlocked(
  inputs: readonly Input[],
  outputs: readonly Variable[],
  values: readonly Tensor[],
  roundings = 1e4 * 2 ** -52,
): boolean {
  const f = compile(inputs, outputs, { backend: wasmBackend() });
  const expected = compile(inputs, outputs, { mode: 'reference' })(...values);
  f(...values);
  f(...values).forEach((y, k) => {
    const [got, want] = [flat(y), flat(expected[k]!)];
    expect(got).toHaveLength(want.length);
    const scale = Math.max(...want.map(Math.abs));
    const worst = Math.max(...want.map((v, j) => Math.abs(v - got[j]!)));
    expect(worst).toBeLessThanOrEqual(roundings * scale);
  });
  return f.explain().includes('for block in');
}

function flat(x: Tensor): readonly number[] {
  return [x.toArray()].flat(9).map(Number);
}

const [x, w, y] = [matrix('x'), vector('w'), vector('y')];

/** Values for 1003 rows: what is left of the last block is no multiple of anything. */
const values = (columns: number): readonly Tensor[] => [
  numbers(1, [1003, columns]),
  numbers(2, [columns]),
  numbers(3, [1003]),
];

describe('inBlocks', () => {
  it('reads a large matrix once for a cost and its gradient', () => {
    const cost = mean(softplus(mul(neg(y), matmul(x, w))));
    expect(isBlocked([x, w, y], [cost, grad(cost, w)], values(50))).toBe(true);
  });

  it('does so for single precision, for vectors from the left, and for sums with a prior', () => {
    const dtype = 'float32';
    const [a, v] = [tensor('a', { dtype, shape: [3001, 40] }), tensor('v', { dtype, shape: [40] })];
    const p = sum(softplus(matmul(v, transpose(a))));
    const given = [numbers(1, [3001, 40], dtype), numbers(2, [40], dtype)];
    expect(isBlocked([a, v], [p, grad(p, v)], given, 1e4 * 2 ** -23)).toBe(true);
    const r = sub(matmul(x, w), y);
    const normal = add(w, matmul(r, x));
    expect(isBlocked([x, w, y], [normal, max(r)], values(64))).toBe(true);
  });

  it('leaves what needs all rows before the second product', () => {
    const p = matmul(x, w);
    const centred = sub(p, mean(p));
    expect(isBlocked([x, w], [matmul(centred, x)], values(50).slice(0, 2))).toBe(false);
    const moved = sub(slice(p, '1:'), slice(p, ':-1'));
    const inside = matmul(moved, slice(x, '1:'));
    expect(isBlocked([x, w], [inside], values(50).slice(0, 2))).toBe(false);
  });

  it('leaves small matrices, and other ones', () => {
    const r = sub(matmul(x, w), y);
    expect(isBlocked([x, w, y], [matmul(r, x)], values(5))).toBe(false);
    const other = matrix('other');
    const pair = [...values(50), numbers(4, [1003, 50])];
    expect(isBlocked([x, w, y, other], [matmul(r, other)], pair)).toBe(false);
  });
});
