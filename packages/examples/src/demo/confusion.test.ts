import { describe, expect, it } from '@jest/globals';
import { Confusion } from './confusion.ts';

describe('Confusion', () => {
  it('counts pairs of label and prediction', () => {
    const confusion = new Confusion();
    for (const [label, prediction] of [
      [3, 3],
      [3, 3],
      [3, 8],
      [9, 9],
    ] as const) {
      confusion.add(label, prediction);
    }
    expect(confusion.count(3, 3)).toBe(2);
    expect(confusion.count(3, 8)).toBe(1);
    expect(confusion.count(8, 3)).toBe(0);
    expect([confusion.correct, confusion.total, confusion.accuracy]).toEqual([3, 4, 0.75]);
    expect(confusion.recall(3)).toBeCloseTo(2 / 3);
  });

  it('lists the most frequent mistakes, the worst first', () => {
    const confusion = new Confusion();
    for (const [label, prediction] of [
      [1, 1],
      [4, 9],
      [3, 5],
      [3, 5],
    ] as const) {
      confusion.add(label, prediction);
    }
    expect(confusion.mistakes(5)).toEqual([
      { label: 3, prediction: 5, count: 2 },
      { label: 4, prediction: 9, count: 1 },
    ]);
    expect(confusion.mistakes(1)).toHaveLength(1);
  });

  it('has no accuracy without images', () => {
    expect(new Confusion().accuracy).toBeNaN();
    expect(new Confusion().recall(0)).toBeNaN();
  });
});
