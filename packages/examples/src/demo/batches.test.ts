import { describe, expect, it } from '@jest/globals';
import { batches } from './batches.ts';
import { pixelCount, type ImageSet } from './mnist.ts';

/** Five images, each of one grey, 51 steps apart. */
const set: ImageSet = {
  count: 5,
  pixels: Uint8Array.from({ length: 5 * pixelCount }, (_, k) => 51 * Math.floor(k / pixelCount)),
  labels: Uint8Array.of(5, 6, 7, 8, 9),
};

describe('batches', () => {
  it('deals every image once, the rest in a smaller batch', () => {
    const dealt = [...batches(set, 2, 'float64')];
    expect(dealt.map((batch) => batch.count)).toEqual([2, 2, 1]);
    expect(dealt.flatMap((batch) => batch.labels.toArray())).toEqual([5, 6, 7, 8, 9]);
    expect(dealt.map((batch) => batch.images.shape)).toEqual([
      [2, pixelCount],
      [2, pixelCount],
      [1, pixelCount],
    ]);
  });

  it('follows an order and scales pixels to 0 … 1', () => {
    const [batch] = batches(set, 5, 'float64', Int32Array.of(4, 3, 2, 1, 0));
    expect(batch?.labels.toArray()).toEqual([9, 8, 7, 6, 5]);
    expect([0, 1, 2, 3, 4].map((i) => batch?.images.get(i, 783))).toEqual([0.8, 0.6, 0.4, 0.2, 0]);
  });

  it('makes tensors of the wanted dtype', () => {
    const [batch] = batches(set, 5, 'float32');
    expect([batch?.images.dtype, batch?.labels.dtype]).toEqual(['float32', 'int32']);
  });
});
