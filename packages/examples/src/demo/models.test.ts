import { describe, expect, it } from '@jest/globals';
import { compile, constant, matrix, tensorFrom, vector } from 'cotangent';
import { crossEntropy, logisticRegression, twoLayerNetwork } from './models.ts';

const zeros = (rows: number, columns: number): number[][] =>
  Array.from({ length: rows }, () => Array.from({ length: columns }, () => 0));

describe('crossEntropy', () => {
  const scores = matrix('scores');
  const labels = vector('labels', { dtype: 'int32' });
  const cost = compile([scores, labels], crossEntropy(scores, labels));

  it('is log 10 where all digits are equally likely', () => {
    expect(cost(zeros(3, 10), [0, 5, 9]).item()).toBeCloseTo(Math.log(10), 12);
  });

  it('is about 0 for sure and right scores, and the margin for sure and wrong ones', () => {
    const sure = zeros(2, 10);
    sure[0]![4] = 100;
    sure[1]![4] = 100;
    expect(cost(sure, [4, 4]).item()).toBeCloseTo(0, 12);
    expect(cost(sure, [4, 7]).item()).toBeCloseTo(50, 12);
  });
});

describe('logisticRegression', () => {
  it('computes images · W + b', () => {
    const images = matrix('images');
    const w = zeros(2, 10);
    w[0]![3] = 2;
    w[1]![4] = -1;
    const b = zeros(1, 10)[0]!;
    b[3] = 0.5;
    const scores = logisticRegression(2).scores(images, [constant(w), constant(b)]);
    const values = compile([images], scores)([[1, 10]]);
    expect([values.get(0, 3), values.get(0, 4), values.get(0, 0)]).toEqual([2.5, -10, 0]);
  });
});

describe('twoLayerNetwork', () => {
  it('computes tanh(images · W₁ + b₁) · W₂ + b₂', () => {
    const images = matrix('images');
    const w2 = zeros(1, 10);
    w2[0]![7] = 3;
    const values = [[[0.5], [0.25]], [0.125], w2, Array.from({ length: 10 }, () => 1)];
    const scores = twoLayerNetwork(2, 1).scores(
      images,
      values.map((value) => constant(tensorFrom(value))),
    );
    const y = compile([images], scores)([[1, 2]]);
    expect(y.get(0, 7)).toBeCloseTo(3 * Math.tanh(1.125) + 1, 12);
    expect(y.get(0, 0)).toBe(1);
  });

  it('lists parameters whose shapes fit', () => {
    const shapes = twoLayerNetwork(784, 64).parameters.map(({ shape }) => shape);
    expect(shapes).toEqual([[784, 64], [64], [64, 10], [10]]);
  });
});
