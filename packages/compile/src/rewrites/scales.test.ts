import { describe, expect, it } from '@jest/globals';
import { constant, vector } from '@cotangent/graph';
import { add, mul, neg } from '@cotangent/ops';
import { compile } from '../compile.ts';

describe('constants of other dtypes than the product', () => {
  it('stay apart: no integer holds 0.002', () => {
    const x = vector('x');
    const two = constant(2, { dtype: 'int32' });
    const f = compile([x], mul(0.001, mul(two, x)));
    expect(f([1, 2]).toArray()).toEqual([0.002, 0.004]);
  });

  it('are not negated where they cannot be', () => {
    const x = vector('x', { dtype: 'uint8' });
    const three = constant(3, { dtype: 'uint8' });
    const f = compile([x], add(x, three));
    expect(f(Uint8Array.of(1, 2)).toArray()).toEqual([4, 5]);
    const n = vector('n', { dtype: 'int32' });
    expect(compile([n], add(neg(n), three))(Int32Array.of(1, 2)).toArray()).toEqual([2, 1]);
  });
});
