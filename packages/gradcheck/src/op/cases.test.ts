import { describe, expect, it } from '@jest/globals';
import { add, cast, mul, where } from '@cotangent/ops';
import { elementwise } from '@cotangent/graph';
import { broadcastCases, casesOf, inFloat64 } from './cases.ts';

describe('casesOf', () => {
  it('gives plain numbers both float dtypes and keeps what is tagged', () => {
    const sample = { inputs: [[1, 2], { value: [3], dtype: 'int32' as const }, true] };
    const cases = casesOf(where.op, sample, 4);
    expect(cases.map((c) => c.inputs.map((x) => x.dtype))).toEqual([
      ['float64', 'int32', 'bool'],
      ['float32', 'int32', 'bool'],
    ]);
    expect(cases.map((c) => c.label)).toEqual(['#4 (float64)', '#4 (float32)']);
    expect(cases.map((c) => c.wrt)).toEqual([[0], [0]]);
  });

  it('gives one case if there are no plain numbers', () => {
    const sample = { name: 'bits', inputs: [{ value: [1, 0], dtype: 'uint8' as const }] };
    expect(casesOf(cast.op, { ...sample, attrs: { dtype: 'float64' } }, 0)).toHaveLength(1);
  });

  it('takes a discrete dtype where the op refuses floats', () => {
    const bitAnd = elementwise('bitAnd', 2, {
      eval: (x, y) => x & y,
      rejects: ['float64', 'float32'],
      diff: 'zero',
      points: [[6, 3]],
    });
    expect(casesOf(bitAnd.op, bitAnd.op.samples![0]!, 0).map((c) => c.dtype)).toEqual(['int32']);
  });

  it('restricts wrt to floats', () => {
    const sample = { inputs: [1, 2], wrt: [1] };
    expect(casesOf(add.op, sample, 0, ['float64'])[0]!.wrt).toEqual([1]);
  });
});

describe('inFloat64', () => {
  it('keeps the float32 values', () => {
    const [, c] = casesOf(add.op, { inputs: [0.1, 0.2] }, 0);
    expect(inFloat64(c!).inputs.map((x) => x.item())).toEqual([0.1, 0.2].map(Math.fround));
  });
});

describe('broadcastCases', () => {
  it('makes each input in turn smaller than the others, and all empty', () => {
    const cases = broadcastCases(casesOf(mul.op, { inputs: [2, -3] }, 0, ['float64']));
    const shapes = cases.map((c) => c.inputs.map((x) => x.shape.join()).join(' '));
    expect(shapes).toEqual([
      '2,3 2,3',
      '0 0',
      ' 2,3',
      '3 2,3',
      '2,1 2,3',
      '1,1 2,3',
      '2,3 ',
      '2,3 3',
      '2,3 2,1',
      '2,3 1,1',
    ]);
  });

  it('stays between 0 and the value', () => {
    const [c] = broadcastCases(casesOf(mul.op, { inputs: [2, -3] }, 0, ['float64']));
    const [x, y] = c!.inputs;
    expect([...x!.data].every((value) => value <= 2 && value > 1.9)).toBe(true);
    expect([...y!.data].every((value) => value >= -3 && value < -2.9)).toBe(true);
  });
});
