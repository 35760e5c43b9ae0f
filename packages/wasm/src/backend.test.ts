import { describe, expect, it } from '@jest/globals';
import { grad } from '@cotangent/autodiff';
import { compile, shared } from '@cotangent/compile';
import { defineOp, scalar, vector } from '@cotangent/graph';
import type { OpFunction, Variable } from '@cotangent/graph';
import { addressIn, elementAt, forLoop, i32, index, store } from '@cotangent/loops';
import { add, broadcastTo, matmul, mul, slice, square, sum, tanh } from '@cotangent/ops';
import { views } from '@cotangent/tensor';
import { distance } from '../test/compare.ts';
import { wasmBackend } from './index.ts';

const options = { backend: wasmBackend() };

/** y = x reversed, with a lowering of its own. */
const reversed: OpFunction<1, 1> = defineOp<1, 1>(
  'reversed',
  { inputs: 1, outputs: 1 },
  {
    infer: ([x]) => [x],
    pullback: ([yBar]) => [reversed(yBar)],
    eval: ([x]) => [views.flip(x, [0])],
    lower: ({ inputs: [x], outputs: [y] }) => {
      const k = index('k');
      const last = x!.shape[0]! - 1;
      const mirrored = {
        ...x!,
        offset: x!.offset + last * x!.strides[0]!,
        strides: [-x!.strides[0]!],
      };
      return [
        forLoop(k, i32(0), i32(last + 1), [
          store(y!.buffer, addressIn(y!, [k]), elementAt(mirrored, [k])),
        ]),
      ];
    },
  },
);

describe('wasmBackend', () => {
  const x = vector('x');

  it('makes a module for each combination of shapes', () => {
    const f = compile([x], sum(square(x)), options);
    expect([f([1, 2]).item(), f([1, 2, 3]).item(), f([3]).item(), f([]).item()]).toEqual([
      5, 14, 9, 0,
    ]);
    expect(f.explain()).toContain('module for [2]');
  });

  it('forgets the modules that were not used for longest', () => {
    const f = compile([x], sum(x), { backend: wasmBackend({ cacheSize: 2 }) });
    for (const values of [[1], [1, 2], [1, 2, 3]]) f(values);
    expect(f.explain().match(/module for/g)).toHaveLength(2);
  });

  it('returns tensors that the next call does not change', () => {
    const f = compile([x], mul(2, x), options);
    const first = f([1, 2]);
    f([3, 4]);
    expect(first.toArray()).toEqual([2, 4]);
  });

  it('updates shared variables', () => {
    const w = shared([1, 2]);
    const f = compile([x], sum(mul(w, x)), { ...options, updates: [[w, add(w, x)]] });
    expect(f([10, 20]).item()).toBe(50);
    expect(w.get().toArray()).toEqual([11, 22]);
  });

  it('runs the lowering of an op from outside, on views too', () => {
    const f = compile([x], reversed(slice(x, '::2')), options);
    expect(f([1, 2, 3, 4, 5]).toArray()).toEqual([5, 3, 1]);
    expect(f.explain()).not.toContain('eval');
  });

  it('evaluates ops without a lowering in the same schedule', () => {
    const plain: OpFunction<1, 1> = defineOp<1, 1>(
      'plain',
      { inputs: 1, outputs: 1 },
      { infer: ([v]) => [v], eval: ([v]) => [views.flip(v, [0])] },
    );
    const f = compile([x], add(1, plain(mul(2, x))), options);
    expect(f([1, 2, 3]).toArray()).toEqual([7, 5, 3]);
    expect(f.explain()).toContain('eval of plain');
  });

  it('leaves graphs whose shapes depend on values to the reference executor', () => {
    const n = scalar('n', { dtype: 'int32' });
    const f = compile([x, n], slice(x, [{ stop: n }]), options);
    expect(f([1, 2, 3], 2).toArray()).toEqual([1, 2]);
    expect(f.explain()).toContain('reference executor');
  });

  it('makes modules of very large graphs, a nest in several functions', () => {
    let y: Variable = x;
    for (let k = 0; k < 6000; k++) y = k % 3 === 0 ? tanh(y) : add(mul(y, x), 0.1);
    const f = compile([x], [y, grad(sum(y), x)], options);
    const slow = compile([x], [y, grad(sum(y), x)], { mode: 'reference' });
    const [fast, expected] = [f([0.3, -0.2, 0.1]), slow([0.3, -0.2, 0.1])];
    fast.forEach((value, k) => expect(distance(value, expected[k]!)).toBeLessThan(4096));
    expect(f.explain()).toContain('procedure step2(');
  });

  it('refuses what 4 GiB cannot hold, and works afterwards', () => {
    const large = add(broadcastTo(x, [40_000, 40_000]), 1);
    const f = compile([x], matmul(large, large), options);
    expect(() => f(new Float64Array(40_000))).toThrow(
      expect.objectContaining({ code: 'WASM_TOO_LARGE' }),
    );
    expect(compile([x], sum(x), options)([1, 2]).item()).toBe(3);
  });
});
