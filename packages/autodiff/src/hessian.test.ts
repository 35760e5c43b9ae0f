import { describe, expect, it } from '@jest/globals';
import { matrix, scalar, vector } from '@cotangent/graph';
import type { Variable } from '@cotangent/graph';
import { add, mul, square, sub, sum } from '@cotangent/ops';
import { expectTypeOf } from 'expect-type';
import { caught } from '../test/caught.ts';
import { evaluate, nested } from '../test/evaluate.ts';
import { hessian, hessianVectorProduct } from './index.ts';

const [x, y] = [vector('x'), vector('y')];
const at = [
  [x, [1, 2]],
  [y, [3, 4]],
] as const;

describe.each(['auto', 'loop', 'vectorize', 'forward'] as const)('hessian (%s)', (strategy) => {
  it('is the matrix of second derivatives', () => {
    const H = hessian(sum(mul(x, square(x))), x, { strategy });
    expect(nested(H, at)).toEqual([
      [6, 0],
      [0, 12],
    ]);
  });

  it('is zero for a linear cost', () => {
    expect(nested(hessian(sum(x), x, { strategy }), at)).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  it('has a block for every pair with blocks: full', () => {
    const blocks = hessian(sum(mul(x, square(y))), [x, y], { blocks: 'full', strategy });
    expect(blocks.map((row) => row.map((block) => nested(block, at)))).toEqual([
      [
        [
          [0, 0],
          [0, 0],
        ],
        [
          [6, 0],
          [0, 8],
        ],
      ],
      [
        [
          [6, 0],
          [0, 8],
        ],
        [
          [2, 0],
          [0, 4],
        ],
      ],
    ]);
  });
});

describe('hessian', () => {
  it('takes wrt of any rank', () => {
    const m = matrix('m');
    const H = evaluate(hessian(sum(square(m)), m), [[m, [[1, 2, 3]]]]);
    expect(H.shape).toEqual([1, 3, 1, 3]);
    expect([H.get(0, 1, 0, 1), H.get(0, 1, 0, 2)]).toEqual([2, 0]);
    const s = scalar('s');
    expect(nested(hessian(square(s), s), [[s, 3]])).toBe(2);
  });

  it('mirrors the form of wrt', () => {
    const cost = sum(mul(x, y));
    expectTypeOf(hessian(cost, x)).toEqualTypeOf<Variable>();
    expectTypeOf(hessian(cost, [x, y])).toEqualTypeOf<readonly [Variable, Variable]>();
    expectTypeOf(hessian(cost, [x, y], { blocks: 'full' })).toEqualTypeOf<
      readonly [readonly [Variable, Variable], readonly [Variable, Variable]]
    >();
    expect(hessian(cost, [x])).toHaveLength(1);
  });

  it('holds constants in both derivatives, also those of a generator', () => {
    const a = square(x);
    function* held(): Generator<Variable> {
      yield a;
    }
    const H = hessian(sum(mul(a, square(x))), x, { considerConstant: held() });
    expect(nested(H, at)).toEqual([
      [2, 0],
      [0, 8],
    ]);
  });

  it('lets the options govern the first derivative', () => {
    expect(caught(() => hessian(sum(x), y))).toMatchObject({ code: 'GRAD_DISCONNECTED' });
    expect(nested(hessian(sum(x), y, { disconnectedInputs: 'ignore' }), at)).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  it('refuses costs and options that do not fit', () => {
    expect(caught(() => hessian(x, x))).toMatchObject({ code: 'GRAD_COST_NOT_SCALAR' });
    expect(caught(() => hessian(sum(x), x, { blocks: 'all' as never }))).toMatchObject({
      code: 'GRAD_INVALID_OPTION',
    });
    expect(caught(() => hessian(sum(x), x, { strategy: 'x' as never }))).toMatchObject({
      code: 'GRAD_INVALID_OPTION',
    });
  });
});

describe.each(['reverse-over-reverse', 'forward-over-reverse'] as const)(
  'hessianVectorProduct (%s)',
  (mode) => {
    it('multiplies with the Hessian', () => {
      const Hp = hessianVectorProduct(sum(mul(x, square(x))), x, [1, 10], { mode });
      expect(nested(Hp, at)).toEqual([6, 120]);
    });

    it('includes cross terms of several wrt', () => {
      const [px, py] = hessianVectorProduct(
        sum(mul(x, y)),
        [x, y],
        [
          [1, 2],
          [3, 4],
        ],
        { mode },
      );
      expect([nested(px, at), nested(py, at)]).toEqual([
        [3, 4],
        [1, 2],
      ]);
    });

    it('is zero for a linear cost, and takes p as constant', () => {
      expect(nested(hessianVectorProduct(sum(x), x, [1, 1], { mode }), at)).toEqual([0, 0]);
      expect(nested(hessianVectorProduct(sum(square(x)), x, x, { mode }), at)).toEqual([2, 4]);
      const direction = sub(mul(x, 2), 1);
      const Hp = hessianVectorProduct(sum(square(x)), x, direction, { mode });
      expect(nested(Hp, at)).toEqual([2, 6]);
    });

    it('mirrors the form of wrt', () => {
      expect(hessianVectorProduct(sum(square(x)), [x], [[1, 1]], { mode })).toHaveLength(1);
      expect(hessianVectorProduct(sum(square(x)), [], [], { mode })).toEqual([]);
    });
  },
);

describe('hessianVectorProduct', () => {
  it('refuses counts, shapes and modes that do not fit', () => {
    const cost = sum(add(square(x), square(y)));
    expect(caught(() => hessianVectorProduct(cost, [x, y], [x]))).toMatchObject({
      code: 'GRAD_COUNT',
    });
    expect(caught(() => hessianVectorProduct(cost, x, matrix('p')))).toMatchObject({
      code: 'GRAD_TANGENT_SHAPE',
    });
    expect(caught(() => hessianVectorProduct(cost, x, x, { mode: 'x' as never }))).toMatchObject({
      code: 'GRAD_INVALID_OPTION',
    });
    expect(
      caught(() => hessianVectorProduct(cost, x, x, { blocks: 'full' } as never)),
    ).toMatchObject({
      code: 'GRAD_UNKNOWN_OPTION',
    });
  });
});
