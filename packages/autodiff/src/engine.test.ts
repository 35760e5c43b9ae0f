import { describe, expect, it } from '@jest/globals';
import { add, cast, mul, sub, sumTo } from '@cotangent/ops';
import { matrix, scalar, vector } from '@cotangent/graph';
import { nested } from '../test/evaluate.ts';
import { grad, pullback, pushforward } from './index.ts';

describe('grad', () => {
  it('differentiates a product by both factors', () => {
    const [x, y] = [scalar('x'), scalar('y')];
    const [dx, dy] = grad(mul(x, y), [x, y]);
    expect(
      nested(dx, [
        [x, 3],
        [y, 5],
      ]),
    ).toBe(5);
    expect(
      nested(dy, [
        [x, 3],
        [y, 5],
      ]),
    ).toBe(3);
  });

  it('sums over axes that turn out at run time to be broadcast', () => {
    const [x, m] = [vector('x'), matrix('m')];
    const cost = sumTo(mul(x, m), []);
    expect(
      nested(grad(cost, x), [
        [x, [2]],
        [
          m,
          [
            [1, 2],
            [3, 4],
          ],
        ],
      ]),
    ).toEqual([10]);
    expect(
      nested(grad(cost, m), [
        [x, [2]],
        [
          m,
          [
            [1, 2],
            [3, 4],
          ],
        ],
      ]),
    ).toEqual([
      [2, 2],
      [2, 2],
    ]);
  });
});

describe('pullback and pushforward', () => {
  const x = scalar('x');
  const y = mul(x, x);
  const z = mul(3, y);
  it('adds seeds of dependent and repeated outputs (S01)', () => {
    expect(nested(pullback([y, y], x, [1, 10]), [[x, 2]])).toBe(44);
    expect(nested(pullback([y, z], x, [1, 10]), [[x, 2]])).toBe(124);
    expect(nested(pullback([x, mul(2, x)], x, [1, 10]), [[x, 2]])).toBe(21);
  });

  it('adds tangents (S02, S03)', () => {
    const [a, b] = [scalar('a'), scalar('b')];
    expect(
      nested(pushforward(add(a, b), [a, b], [1, 10]), [
        [a, 1],
        [b, 1],
      ]),
    ).toBe(11);
    expect(
      nested(pushforward(sub(a, b), [a, b], [1, 10]), [
        [a, 1],
        [b, 1],
      ]),
    ).toBe(-9);
    expect(nested(pushforward(mul(mul(x, x), 3), [x, x], [1, 10]), [[x, 2]])).toBe(132);
  });

  it('gives zero behind a cast to integers', () => {
    const v = vector('v');
    const y = add(v, cast(v, 'int32'));
    expect(nested(pushforward(y, v, [1, 2]), [[v, [1.5, 2.5]]])).toEqual([1, 2]);
  });
});
