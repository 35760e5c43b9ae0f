import { describe, expect, it } from '@jest/globals';
import { ShapeError, ValueError, tensor, topologicalNodes } from '@cotangent/graph';
import { tensorFrom } from '@cotangent/tensor';
import { evaluate } from '../../test/evaluate.ts';
import { expectError, typed, valuesOf } from '../../test/values.ts';
import { einsum } from './index.ts';

const a = [
  [1, 2, 3],
  [4, 5, 6],
];
const b = [
  [1, 0],
  [2, 1],
  [0, 3],
];

describe('einsum', () => {
  it('gives the same with sizes known and unknown, whatever the strides', () => {
    expect(valuesOf((x, y) => einsum('ij,jk->ik', x!, y!), a, b)).toEqual([
      [5, 11],
      [14, 23],
    ]);
    expect(valuesOf((x, y) => einsum('ij,jk', x!, y!), a, b)).toEqual([
      [5, 11],
      [14, 23],
    ]);
    expect(valuesOf((x, y) => einsum('ij,ji->', x!, y!), a, b)).toBe(28);
    expect(valuesOf((x, y) => einsum('ij,ji->i', x!, y!), a, b)).toEqual([5, 23]);
    expect(valuesOf((x) => einsum('ji', x!), a)).toEqual([[1, 4], [2, 5], [3, 6]]); // prettier-ignore
    expect(valuesOf((x, y, z) => einsum('ij,jk,kl->il', x!, y!, z!), a, b, [[1], [2]])).toEqual([
      [27],
      [60],
    ]);
    expect(valuesOf((x, y) => einsum('...j,jk->...k', x!, y!), [a], b)).toEqual([
      [
        [5, 11],
        [14, 23],
      ],
    ]);
    expect(valuesOf((x) => einsum('iij->j', x!), [[[1, 2], [3, 4]], [[5, 6], [7, 8]]])).toEqual([8, 10]); // prettier-ignore
  });

  it('repeats axes of size 1 that are known to be', () => {
    expect(evaluate(einsum('ij,ij->ij', [[2], [3]], a)).toArray()).toEqual([
      [2, 4, 6],
      [12, 15, 18],
    ]);
    expect(evaluate(einsum('ij,jk->ik', [[2]], b)).toArray()).toEqual([[6, 8]]);
  });

  it('multiplies the cheapest pair first if all sizes are known', () => {
    const sizes = [
      [1, 100],
      [100, 100],
      [100, 1],
    ];
    const largest = (shapes: readonly (readonly (number | null)[])[]): number => {
      const [x, y, z] = shapes.map((shape, i) => tensor(`x${i}`, { shape }));
      const result = einsum('ij,jk,kl->il', x!, y!, z!);
      const made = topologicalNodes([result]).flatMap(({ outputs }) => outputs);
      return Math.max(...made.map(({ shape }) => shape.reduce<number>((n, s) => n * (s ?? 7), 1)));
    };
    expect(largest(sizes)).toBe(100);
    expect(largest(sizes.toReversed().map(([m, n]) => [n!, m!]))).toBe(100);
  });

  it('promotes dtypes; sums of booleans are any', () => {
    expect(einsum('i,i', typed([1], 'int32'), typed([1], 'float32')).dtype).toBe('float64');
    expect(evaluate(einsum('i,i', typed([3, 4], 'int32'), typed([5, 6], 'int32'))).item()).toBe(39);
    const truth = einsum('ij->i', typed([[true, false], [false, false]], 'bool')); // prettier-ignore
    expect(evaluate(truth).toArray()).toEqual([true, false]);
    const both = einsum('i,i->i', typed([true, true], 'bool'), typed([true, false], 'bool'));
    expect(evaluate(both).toArray()).toEqual([true, false]);
  });

  it('refuses a specification that is not one', () => {
    for (const spec of ['i->j->k', 'i1', 'i..', '......', 'i.j', 'ij;jk', 'i>j'])
      expectError(() => einsum(spec, a), ValueError, 'OP_EINSUM_SYNTAX');
    expectError(() => einsum('ij,jk', a), ValueError, 'OP_EINSUM_OPERANDS');
    expectError(() => einsum('ij->ii', a), ValueError, 'OP_EINSUM_OUTPUT');
    expectError(() => einsum('ij->k', a), ValueError, 'OP_EINSUM_OUTPUT');
    expectError(() => einsum('i...->i', a), ValueError, 'OP_EINSUM_OUTPUT');
    expectError(() => einsum('ijk->i', a), ShapeError, 'OP_RANK');
    expectError(() => einsum('i', a), ShapeError, 'OP_RANK');
  });

  it('refuses sizes that differ, at run time where they are not known before', () => {
    expectError(() => einsum('ij,jk', a, a), ShapeError, 'OP_EINSUM_SHAPES');
    expectError(() => einsum('ii', a), ShapeError, 'OP_EINSUM_SHAPES');
    expectError(() => einsum('...i,...i', a, [[1, 2], [1, 2], [1, 2]]), ShapeError, 'OP_EINSUM_SHAPES'); // prettier-ignore
    const x = tensor('x', { shape: [null, null] });
    const given = new Map([[x, tensorFrom(a)]]);
    expect(() => evaluate(einsum('ij,jk->ik', x, x), given)).toThrow(ShapeError);
    expect(() => evaluate(einsum('ii->i', x), given)).toThrow(ShapeError);
  });
});
