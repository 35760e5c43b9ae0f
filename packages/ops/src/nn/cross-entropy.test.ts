import { describe, expect, it } from '@jest/globals';
import { constant } from '@cotangent/graph';
import { tensorFrom } from '@cotangent/tensor';
import { evaluate } from '../../test/evaluate.ts';
import { randomKey } from '../random/keys.ts';
import {
  binaryCrossEntropy,
  categoricalCrossEntropy,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  sparseSoftmaxCrossEntropy,
} from './cross-entropy.ts';
import { dropout } from './dropout.ts';

const logits = [
  [1, 2, 3],
  [0, 0, 1000],
];

describe('sigmoidCrossEntropy', () => {
  it('is exact for large logits', () => {
    const y = evaluate(sigmoidCrossEntropy([0, 40, -800, 800], [1, 1, 0, 0]));
    expect(y.toArray()).toEqual([Math.LN2, 4.248354255291589e-18, 0, 800]);
  });
});

describe('binaryCrossEntropy', () => {
  it('is 0 where the prediction is certain and right, +∞ where it is wrong', () => {
    const y = evaluate(binaryCrossEntropy([0, 1, 0, 1], [0, 1, 1, 0]));
    expect(y.toArray()).toEqual([-0, -0, Infinity, Infinity]);
  });

  it('takes integer targets', () => {
    const t = tensorFrom(Int32Array.of(1, 0));
    expect(evaluate(binaryCrossEntropy([0.5, 0.25], t)).toArray()).toEqual([
      Math.LN2,
      -Math.log1p(-0.25),
    ]);
  });
});

describe('softmaxCrossEntropy', () => {
  it('is −Σ t log softmax', () => {
    const y = evaluate(
      softmaxCrossEntropy(logits, [
        [0.5, 0.25, 0.25],
        [0, 0, 1],
      ]),
    ).toArray();
    expect(y).toEqual([expect.closeTo(1.6576059644443804, 14), -0]);
  });

  it('leaves out what has no weight, whatever its logit', () => {
    expect(evaluate(softmaxCrossEntropy([-Infinity, 0, 0], [0, 1, 0])).item()).toBe(Math.LN2);
  });
});

describe('sparseSoftmaxCrossEntropy', () => {
  it('takes the class that the label names', () => {
    const y = evaluate(sparseSoftmaxCrossEntropy(logits, [2, 0]));
    expect(y.toArray()).toEqual([expect.closeTo(0.4076059644443804, 14), 1000]);
  });

  it('names a label that no class has, and where it is', () => {
    expect(() => evaluate(sparseSoftmaxCrossEntropy(logits, [2, 3]))).toThrow(
      expect.objectContaining({
        code: 'INDEX_OUT_OF_RANGE',
        message: expect.stringContaining('label 3 at [1] of 3 classes'),
      }),
    );
  });

  it('refuses labels of another shape or dtype', () => {
    expect(() => sparseSoftmaxCrossEntropy(logits, [1])).toThrow(
      expect.objectContaining({ code: 'OP_LABEL_SHAPE' }),
    );
    expect(() => sparseSoftmaxCrossEntropy(logits, constant([0.5, 1]))).toThrow(
      expect.objectContaining({ code: 'OP_DTYPE_REJECTED' }),
    );
  });
});

describe('categoricalCrossEntropy', () => {
  it('takes distributions and labels', () => {
    const p = [[0.25, 0.75]];
    expect(evaluate(categoricalCrossEntropy(p, [[0, 1]])).toArray()).toEqual([-Math.log(0.75)]);
    const labels = constant(Int32Array.of(0));
    expect(evaluate(categoricalCrossEntropy(p, labels)).toArray()).toEqual([-Math.log(0.25)]);
  });
});

describe('dropout', () => {
  const key = randomKey(1);

  it('drops and scales', () => {
    const y = evaluate(dropout(new Float64Array(1000).fill(3), key, { rate: 0.25 }));
    const values = y.toArray() as number[];
    expect(new Set(values)).toEqual(new Set([0, 4]));
    // 5.5 standard errors: exceeded by one key in 2.6·10⁷
    const dropped = values.filter((value) => value === 0).length / 1000;
    expect(Math.abs(dropped - 0.25)).toBeLessThan(5.5 * Math.sqrt((0.25 * 0.75) / 1000));
  });

  it('with rate 0 is the input', () => {
    const x = constant([1, 2]);
    expect(dropout(x, key, { rate: 0 })).toBe(x);
  });

  it.each([-0.1, 1, NaN])('refuses the rate %p', (rate) => {
    expect(() => dropout([1], key, { rate })).toThrow(
      expect.objectContaining({ code: 'OP_DROPOUT_RATE' }),
    );
  });
});
