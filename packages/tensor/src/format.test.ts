import { describe, expect, it } from '@jest/globals';
import { tensorFrom } from './create.ts';
import { formatTensor } from './format.ts';
import { mapTensors } from './map.ts';
import { zerosTensor } from './dense.ts';
import type { Tensor } from './tensor.ts';
import * as views from './views.ts';

const range = (n: number, ...shape: number[]): Tensor =>
  tensorFrom(
    Float64Array.from({ length: n }, (_, i) => i),
    { shape },
  );

/** Right-hand sides are what NumPy 2.4 prints, with `tensor` for `array` and JavaScript's names of truth values. */
describe('formatTensor', () => {
  it.each<[string, Tensor]>([
    ['tensor(3.)', tensorFrom(3)],
    ['tensor([ 1. ,  2.5, -3. ])', tensorFrom([1, 2.5, -3])],
    ['tensor([-0.,  1.])', tensorFrom([-0, 1])],
    ['tensor([nan,  1., inf])', tensorFrom([NaN, 1, Infinity])],
    ['tensor([-inf])', tensorFrom([-Infinity])],
    ['tensor([0.33333333, 0.66666667])', tensorFrom([1 / 3, 2 / 3])],
    ['tensor([[1.0e+10, 2.5e-03]])', tensorFrom([[1e10, 2.5e-3]])],
    ['tensor([1.e-05, 0.e+00])', tensorFrom([1e-5, 0])],
    ['tensor([1.e+100, 1.e+000])', tensorFrom([1e100, 1])],
    ['tensor([3.33333333e-01, 3.33333333e-08])', tensorFrom([1 / 3, 1e-7 / 3])],
    ['tensor([0.1, 0.2], dtype=float32)', tensorFrom([0.1, 0.2], { dtype: 'float32' })],
    ['tensor([123456.79], dtype=float32)', tensorFrom([123456.789], { dtype: 'float32' })],
    ['tensor([1.0e+06, 2.5e+00], dtype=float32)', tensorFrom([1e6, 2.5], { dtype: 'float32' })],
    [
      'tensor([ 7.1055808e-07, -1.2192776e-06], dtype=float32)',
      tensorFrom([7.1055808e-7, -1.2192776e-6], { dtype: 'float32' }),
    ],
    ['tensor([ 1, -2, 10])', tensorFrom([1, -2, 10], { dtype: 'int32' })],
    ['tensor([0, 1], dtype=uint8)', tensorFrom([0, 1], { dtype: 'uint8' })],
    ['tensor([ true, false])', tensorFrom([true, false])],
    ['tensor([])', zerosTensor([0], 'float64')],
    ['tensor([], shape=[0,3])', zerosTensor([0, 3], 'float64')],
    ['tensor([], shape=[2,0], dtype=float32)', zerosTensor([2, 0], 'float32')],
  ])('%s', (text, tensor) => {
    expect(formatTensor(tensor)).toBe(text);
  });

  it('aligns rows and separates matrices by an empty line', () => {
    expect(formatTensor(range(8, 2, 2, 2))).toBe(
      [
        'tensor([[[0., 1.],',
        '         [2., 3.]],',
        '',
        '        [[4., 5.],',
        '         [6., 7.]]])',
      ].join('\n'),
    );
  });

  it('prints views as they are indexed', () => {
    expect(formatTensor(views.transpose(range(4, 2, 2)))).toBe(
      'tensor([[0., 2.],\n        [1., 3.]])',
    );
  });

  it('breaks long rows', () => {
    const t = mapTensors((x) => x / 7, [range(14, 14)], 'float64');
    expect(formatTensor(t)).toBe(
      [
        'tensor([0.        , 0.14285714, 0.28571429, 0.42857143, 0.57142857,',
        '        0.71428571, 0.85714286, 1.        , 1.14285714, 1.28571429,',
        '        1.42857143, 1.57142857, 1.71428571, 1.85714286])',
      ].join('\n'),
    );
  });

  it('puts the dtype on a line of its own where it does not fit', () => {
    const t = mapTensors((x) => x / 4, [range(12, 12)], 'float32');
    expect(formatTensor(t)).toBe(
      'tensor([0.  , 0.25, 0.5 , 0.75, 1.  , 1.25, 1.5 , 1.75, 2.  , 2.25, 2.5 ,\n' +
        '        2.75], dtype=float32)',
    );
    expect(formatTensor(t, { lineWidth: 80 })).toBe(
      'tensor([0.  , 0.25, 0.5 , 0.75, 1.  , 1.25, 1.5 , 1.75, 2.  , 2.25, 2.5 , 2.75],\n' +
        '       dtype=float32)',
    );
  });

  it('shortens tensors of more than 1000 elements and says their shape', () => {
    expect(formatTensor(range(2000, 2000))).toBe(
      'tensor([0.000e+00, 1.000e+00, 2.000e+00, ..., 1.997e+03, 1.998e+03,\n' +
        '        1.999e+03], shape=[2000])',
    );
    expect(formatTensor(range(1000, 1000))).not.toContain('...');
  });

  it('takes options', () => {
    const t = range(12, 3, 4);
    expect(formatTensor(t, { threshold: 5, edgeItems: 1 })).toBe(
      ['tensor([[ 0., ...,  3.],', '        ...,', '        [ 8., ..., 11.]], shape=[3,4])'].join(
        '\n',
      ),
    );
    expect(formatTensor(tensorFrom([1 / 3, 2]), { precision: 3 })).toBe('tensor([0.333, 2.   ])');
    expect(formatTensor(tensorFrom([1, 2]), { lineWidth: 13 })).toBe('tensor([1.,\n        2.])');
  });
});
