import { describe, expect, it } from '@jest/globals';
import { DTypeError, ShapeError, ValueError } from '@cotangent/graph';
import { tensorFrom } from '@cotangent/tensor';
import { expectError, pulledBack, valuesOf } from '../../test/values.ts';
import { pad } from './pad.ts';
import type { PadOptions } from './pad.ts';

const m = [
  [1, 2],
  [3, 4],
];

// Expected values: NumPy 2.
describe('pad', () => {
  it('puts a value around', () => {
    expect(
      valuesOf(
        (x) =>
          pad(
            x!,
            [
              [1, 0],
              [0, 2],
            ],
            { value: 9 },
          ),
        m,
      ),
    ).toEqual([
      [9, 9, 9, 9],
      [1, 2, 9, 9],
      [3, 4, 9, 9],
    ]);
    expect(valuesOf((x) => pad(x!, [[1, 1]]), [])).toEqual([0, 0]);
    expect(valuesOf((x) => pad(x!, [[0, 0]]), m)).toEqual(m);
  });

  it.each<[PadOptions['mode'], number[]]>([
    ['edge', [1, 1, 1, 1, 1, 2, 3, 3, 3, 3, 3, 3]],
    ['reflect', [1, 2, 3, 2, 1, 2, 3, 2, 1, 2, 3, 2]],
    ['symmetric', [3, 3, 2, 1, 1, 2, 3, 3, 2, 1, 1, 2]],
    ['wrap', [3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2]],
  ])('continues x: %s', (mode, expected) => {
    expect(valuesOf((x) => pad(x!, [[4, 5]], { mode }), [1, 2, 3])).toEqual(expected);
    expect(valuesOf((x) => pad(x!, [[2, 1]], { mode }), [7])).toEqual([7, 7, 7, 7]);
  });

  it('gives the middle of a cotangent to x', () => {
    expect(
      pulledBack(pad(tensorFrom(m), [[1, 0]]), [
        [1, 2, 3],
        [4, 5, 6],
        [7, 8, 9],
      ])[1],
    ).toEqual([
      [5, 6],
      [8, 9],
    ]);
  });

  it('refuses widths, values and modes that do not fit', () => {
    expectError(
      () =>
        pad(m, [
          [1, 0],
          [1, 0],
          [1, 0],
        ]),
      ShapeError,
      'OP_PAD_WIDTHS',
    );
    expectError(() => pad(m, [[1, -1]]), ValueError, 'OP_INVALID_SIZE');
    expectError(() => pad(m, [[1, 1]], { value: [1, 2] }), ShapeError, 'OP_PAD_WIDTHS');
    expectError(() => pad(m, [[1, 1]], { mode: 'mean' as never }), ValueError, 'OP_PAD_MODE');
    expectError(() => pad(m, [[1, 1]], { mode: 'edge', value: 1 }), ValueError, 'OP_PAD_MODE');
    expectError(() => pad([true], [[1, 1]], { value: 0.5 }), DTypeError, 'OP_DTYPE_NARROWING');
  });
});
