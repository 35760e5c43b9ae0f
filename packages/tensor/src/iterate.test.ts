import { describe, expect, it } from '@jest/globals';
import { forEachRow, loopNest, unravel } from './iterate.ts';

describe('loopNest', () => {
  it('makes one loop of dense operands', () => {
    const nest = loopNest(
      [2, 3, 4],
      [
        [12, 4, 1],
        [12, 4, 1],
      ],
    );
    expect(nest).toEqual({ shape: [24], strides: [[1], [1]] });
  });

  it('drops axes of length 1 and keeps one loop for a scalar', () => {
    expect(loopNest([1, 3, 1], [[9, 1, 7]])).toEqual({ shape: [3], strides: [[1]] });
    expect(loopNest([], [[], []])).toEqual({ shape: [1], strides: [[0], [0]] });
  });

  it('merges only where every operand allows it', () => {
    const nest = loopNest(
      [2, 3, 4],
      [
        [12, 4, 1],
        [0, 4, 1],
      ],
    );
    expect(nest).toEqual({
      shape: [2, 12],
      strides: [
        [12, 1],
        [0, 1],
      ],
    });
  });
});

describe('forEachRow', () => {
  it('visits rows in row-major order', () => {
    const rows: (readonly number[])[] = [];
    const nest = {
      shape: [2, 2, 5],
      strides: [
        [100, 10, 1],
        [0, -1, 0],
      ],
    };
    forEachRow(nest, [7, 3], (positions) => rows.push([...positions]));
    expect(rows).toEqual([
      [7, 3],
      [17, 2],
      [107, 3],
      [117, 2],
    ]);
  });

  it('visits nothing if a loop is empty', () => {
    const rows: (readonly number[])[] = [];
    forEachRow({ shape: [0, 2], strides: [[2, 1]] }, [0], (positions) => rows.push(positions));
    forEachRow({ shape: [2, 0], strides: [[2, 1]] }, [0], (positions) => rows.push(positions));
    expect(rows).toEqual([]);
  });
});

describe('unravel', () => {
  it('inverts the row-major position', () => {
    expect([0, 5, 23].map((k) => unravel(k, [2, 3, 4]))).toEqual([
      [0, 0, 0],
      [0, 1, 1],
      [1, 2, 3],
    ]);
    expect(unravel(0, [])).toEqual([]);
  });
});
