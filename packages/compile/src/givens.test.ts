import { describe, expect, it } from '@jest/globals';
import { add, cast, mul, neg, shape, sub } from '@cotangent/ops';
import { constant, scalar, vector } from '@cotangent/graph';
import type { Variable } from '@cotangent/graph';
import { caught } from '../test/caught.ts';
import { compile, shared } from './index.ts';

const x = vector('x');
const y = vector('y');
const z = vector('z');

describe('givens', () => {
  it('replace inputs and results', () => {
    const square = mul(x, x);
    const f = compile([y], sub(square, y), { givens: [[x, add(y, 1)]] });
    expect(f([3]).toArray()).toEqual([13]);
    const g = compile([y], sub(square, y), { givens: new Map([[square, neg(y)]]) });
    expect(g([3]).toArray()).toEqual([-6]);
  });

  it('replace outputs, constants, shared variables and updates', () => {
    const w = shared([1]);
    const c = constant([5]);
    const options = {
      givens: [
        [x, y],
        [w, z],
        [c, y],
      ],
      updates: [[w, mul(w, 2)]],
    } as const;
    const f = compile([y, z], [x, add(w, c)], options);
    expect(f([2], [3]).map((t) => t.toArray())).toEqual([[2], [5]]);
    expect(w.get().toArray()).toEqual([6]);
  });

  it('may be values, of the dtype of what they replace', () => {
    const v = vector('v', { dtype: 'float32' });
    const f = compile([], mul(v, 2), { givens: [[v, [1, 2]]] });
    expect(f()).toMatchObject({ dtype: 'float32', shape: [2] });
  });

  it('are made in replacements too', () => {
    const f = compile([z], mul(x, 10), {
      givens: [
        [x, add(y, 1)],
        [y, add(z, 2)],
      ],
    });
    expect(f([3]).toArray()).toEqual([60]);
  });

  it('leave other outputs of the graph alone', () => {
    const sum = add(x, y);
    const f = compile([x], [mul(sum, 2), sum, x], { givens: [[sum, add(x, x)]] });
    expect(f([3]).map((t) => t.item())).toEqual([12, 6, 3]);
  });

  it('make an input unused', () => {
    expect(caught(() => compile([x, y], x, { givens: [[x, y]] }))).toMatchObject({
      code: 'COMPILE_UNUSED_INPUT',
      input: x,
    });
  });

  it('must not need each other in a circle', () => {
    const circle = caught(() =>
      compile([z], add(x, y), {
        givens: [
          [x, add(y, z)],
          [y, neg(x)],
        ],
      }),
    );
    expect(circle).toMatchObject({ name: 'ValueError', code: 'COMPILE_CYCLIC_GIVENS' });
    expect(circle).toMatchObject({ data: { variables: [x, y] } });
    expect(String(circle)).toContain('x: float64[?] → y: float64[?]');
    expect(caught(() => compile([x], x, { givens: [[x, add(x, 1)]] }))).toMatchObject({
      code: 'COMPILE_CYCLIC_GIVENS',
    });
  });

  it('may form a circle that no output needs', () => {
    const f = compile([z], z, {
      givens: [
        [x, y],
        [y, x],
      ],
    });
    expect(f([1]).toArray()).toEqual([1]);
  });

  it('must fit in dtype and shape', () => {
    expect(caught(() => compile([x], x, { givens: [[x, cast(x, 'int32')]] }))).toMatchObject({
      name: 'DTypeError',
      code: 'COMPILE_GIVEN_DTYPE',
    });
    expect(caught(() => compile([], x, { givens: [[x, 1]] }))).toMatchObject({
      name: 'ShapeError',
      code: 'COMPILE_GIVEN_SHAPE',
    });
    expect(
      caught(() =>
        compile([y], x, {
          givens: [
            [x, y],
            [x, y],
          ],
        }),
      ),
    ).toMatchObject({
      code: 'COMPILE_DUPLICATE_GIVEN',
    });
    // @ts-expect-error not a variable
    expect(caught(() => compile([x], x, { givens: [['x', y]] }))).toMatchObject({
      code: 'COMPILE_NOT_A_VARIABLE',
    });
  });

  it('keep dtypes when a weak number stands for a tensor', () => {
    const n = vector('n', { dtype: 'int32' });
    const v = vector('v', { dtype: 'float32' });
    const product = mul(n, v); // int32 · float32 = float64
    const f = compile([v], product, { givens: [[n, shape(v)]] });
    expect(f([2])).toMatchObject({ dtype: 'float64' });
    const literal = compile([v], product, { givens: [[n, [3]]] });
    expect(literal([2])).toMatchObject({ dtype: 'float64' });
  });

  it('refuse to change dtypes when a tensor stands for a weak number', () => {
    const v = vector('v', { dtype: 'float32' });
    const n = vector('n', { dtype: 'int32' });
    const size = shape(v);
    expect(caught(() => compile([v, n], mul(size, v), { givens: [[size, n]] }))).toMatchObject({
      name: 'DTypeError',
      code: 'COMPILE_GIVEN_DTYPE',
    });
    const f = compile([v], mul(size, v), { givens: [[size, constant(new Int32Array([7]))]] });
    expect(f([2])).toMatchObject({ dtype: 'float32' });
  });

  it('take a long chain', () => {
    const s = scalar('s');
    let last: Variable = scalar('v0');
    const givens: [Variable, Variable][] = [[last, s]];
    for (let i = 1; i < 20_000; i++) {
      const next = scalar(`v${i}`);
      givens.push([next, add(last, 1)]);
      last = next;
    }
    expect(compile([s], last, { givens })(1).item()).toBe(20_000);
  });
});
