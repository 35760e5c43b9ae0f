import { describe, expect, it } from '@jest/globals';
import { floor, gt, matmul, mul, pow, sum, tanh, transpose, where } from '@cotangent/ops';
import { ArgumentTypeError, ValueError } from '@cotangent/tensor';
import { checkOp } from '../check-op.ts';
import { attributeVariants } from './attribute-variants.ts';
import { mutantsOf } from './mutants.ts';

const operatorsOf = (mutants: ReturnType<typeof mutantsOf>): readonly string[] =>
  [...new Set(mutants.map(({ operator }) => operator))].toSorted();

describe('mutantsOf', () => {
  it('changes the map of an elementwise op once for both modes', () => {
    const mutants = mutantsOf(tanh);
    expect(mutants.every(({ id }) => id.startsWith('diff[0]/'))).toBe(true);
    expect(operatorsOf(mutants)).toEqual([
      'bypass',
      'constant',
      'disconnect',
      'drop',
      'dtype',
      'hold-constant',
      'magnitude',
      'narrow',
      'negate',
      'ones',
      'positive-part',
      'scale',
      'sibling',
      'stale',
      'swap-inputs',
    ]);
  });

  it('names rule, derivative, operator and node, each once', () => {
    const ids = mutantsOf(mul).map(({ id }) => id);
    expect(ids).toContain('diff[1]/swap-primals:0-1');
    expect(new Set(ids).size).toBe(ids.length);
    const { description } = mutantsOf(mul).find(({ id }) => id === 'diff[1]/swap-primals:0-1')!;
    expect(description).toBe('derivative by input 1: input 1 in the place of input 0');
  });

  it('changes pullback and pushforward of other ops apart', () => {
    const rules = mutantsOf(matmul, undefined, { budget: 1000 }).map(({ id }) => id.split('[')[0]);
    expect([...new Set(rules)]).toEqual(['pullback', 'pushforward']);
  });

  it('turns a sum into a slice, a transposition and an index', () => {
    const square = [
      {
        inputs: [
          [
            [1, 2, 3],
            [4, 5, 6],
            [7, 8, 10],
          ],
        ],
        attrs: { axes: [1, 0] },
      },
    ];
    expect(operatorsOf(mutantsOf(transpose, square))).toEqual(
      expect.arrayContaining(['transpose', 'shift', 'bypass']),
    );
    expect(operatorsOf(mutantsOf(sum))).toContain('slice-not-sum');
  });

  it('drops the branches of a kink', () => {
    const ids = mutantsOf(where, undefined, { budget: 1000 }).map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(['diff[1]/bypass:1@0:where']));
  });

  it('lets a seed through where there is none', () => {
    expect(mutantsOf(floor).map(({ id }) => id)).toEqual(['diff[0]/leak']);
  });

  it('finds nothing to change without a derivative', () => {
    expect(mutantsOf(gt)).toEqual([]);
  });

  it('keeps to its budget, and to its seed', () => {
    const ids = (seed: number): readonly string[] =>
      mutantsOf(pow, undefined, { budget: 10, seed }).map(({ id }) => id);
    expect(ids(1)).toHaveLength(10);
    expect(ids(1)).toEqual(ids(1));
    expect(ids(1)).not.toEqual(ids(2));
  });

  it('gives records that checkOp takes and rejects', () => {
    for (const { op } of mutantsOf(tanh, undefined, { budget: 8 })) {
      expect(op.name).toBe('tanh');
      expect(checkOp(op).verdict).toBe('fail');
    }
  });

  it('refuses what is no op, and unknown options', () => {
    expect(() => mutantsOf(Object(3))).toThrow(ArgumentTypeError);
    expect(() => mutantsOf(tanh, undefined, { budget: 0 })).toThrow(ValueError);
    expect(() => mutantsOf(tanh, undefined, Object({ mutants: 3 }))).toThrow(
      expect.objectContaining({ code: 'GRADCHECK_UNKNOWN_OPTION' }),
    );
  });
});

describe('attributeVariants', () => {
  it('moves numbers by one, flips flags, and exchanges neighbours', () => {
    const attrs = { axes: [0, 2], keepDims: true, mode: 'full' };
    const changed = attributeVariants(attrs).map(({ change }) => change(attrs));
    expect(changed).toEqual([
      { ...attrs, axes: [2, 0] },
      { ...attrs, axes: [1, 2] },
      { ...attrs, axes: [-1, 2] },
      { ...attrs, axes: [0, 3] },
      { ...attrs, axes: [0, 1] },
      { ...attrs, keepDims: false },
    ]);
    expect(attrs).toEqual({ axes: [0, 2], keepDims: true, mode: 'full' });
  });

  it('leaves alone what is no plain data', () => {
    expect(attributeVariants({ inner: new Map([['a', 1]]), f: () => 1, none: null })).toEqual([]);
  });
});
