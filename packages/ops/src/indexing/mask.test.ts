import { describe, expect, it } from '@jest/globals';
import { DTypeError, ShapeError, vector } from '@cotangent/graph';
import { tensorFrom } from '@cotangent/tensor';
import { evaluate } from '../../test/evaluate.ts';
import { expectError, valuesOf } from '../../test/values.ts';
import { maskSelect, nonzero, setMask } from './index.ts';

const m = [
  [1, 2, 3],
  [4, 5, 6],
];
const mask = [
  [true, false, true],
  [false, false, true],
];

// Expected values: NumPy 2.
describe('nonzero', () => {
  it('gives the indices of each axis', () => {
    const x = [
      [1, 0],
      [Number.NaN, -2],
    ];
    expect(valuesOf((t) => nonzero(t!)[0]!, x)).toEqual([0, 1, 1]);
    expect(valuesOf((t) => nonzero(t!)[1]!, x)).toEqual([0, 0, 1]);
    expectError(() => nonzero(1), ShapeError, 'OP_RANK');
  });
});

describe('maskSelect', () => {
  it('takes entries, rows, all or nothing', () => {
    expect(valuesOf((x, t) => maskSelect(x!, t!), m, mask)).toEqual([1, 3, 6]);
    expect(valuesOf((x, t) => maskSelect(x!, t!), m, [false, true])).toEqual([[4, 5, 6]]);
    expect(valuesOf((x, t) => maskSelect(x!, t!), [1, 2], true)).toEqual([[1, 2]]);
    expect(valuesOf((x, t) => maskSelect(x!, t!), [1, 2], false)).toEqual([]);
  });

  it('refuses masks of other shapes and dtypes, at run time too', () => {
    expectError(() => maskSelect(m, [true, false, true]), ShapeError, 'OP_MASK_SHAPE');
    expectError(() => maskSelect(m, [1, 0]), DTypeError, 'OP_DTYPE_REJECTED');
    const t = vector('t', { dtype: 'bool' });
    const long = tensorFrom([true, false, true]);
    expectError(
      () => evaluate(maskSelect(m, t), new Map([[t, long]])),
      ShapeError,
      'OP_MASK_SHAPE',
    );
  });
});

describe('setMask', () => {
  it('writes one value, or one after the other', () => {
    expect(valuesOf((x, t) => setMask(x!, t!, 0), m, mask)).toEqual([
      [0, 2, 0],
      [4, 5, 0],
    ]);
    expect(valuesOf((x, t) => setMask(x!, t!, [7, 8, 9]), m, mask)).toEqual([
      [7, 2, 8],
      [4, 5, 9],
    ]);
    expect(valuesOf((x, t) => setMask(x!, t!, [7, 8, 9]), m, [false, true])).toEqual([
      [1, 2, 3],
      [7, 8, 9],
    ]);
  });

  it('refuses as many values as there are no places', () => {
    const build = () => evaluate(setMask([1, 2, 3], [true, false, true], [7, 8, 9]));
    expectError(build, ShapeError, 'SHAPE_BROADCAST');
  });
});
