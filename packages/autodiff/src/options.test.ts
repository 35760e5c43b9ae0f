import { describe, expect, it } from '@jest/globals';
import { ArgumentTypeError, ValueError, scalar } from '@cotangent/graph';
import type { Absence, Variable } from '@cotangent/graph';
import { expectTypeOf } from 'expect-type';
import { caught } from '../test/caught.ts';
import {
  checkChoices,
  constantSet,
  formatAs,
  kindOf,
  mirrorForm,
  variableList,
} from './options.ts';
import type { MaybeAbsent, Mirror } from './options.ts';
import type { GradOptions } from './grad.ts';

const x = scalar('x');

describe('checkChoices', () => {
  it('accepts the allowed values, undefined, and options it has no values for', () => {
    const known = ['disconnectedInputs', 'nullGradients', 'onWarning'];
    const options = { disconnectedInputs: 'warn', nullGradients: undefined, onWarning: 1 };
    expect(() => checkChoices('f', options, known)).not.toThrow();
  });

  it('names the option, the value and what is allowed', () => {
    const error = caught(() => checkChoices('f', { nullGradients: 'no' }, ['nullGradients']));
    expect(error).toBeInstanceOf(ValueError);
    expect(error).toMatchObject({
      code: 'GRAD_INVALID_OPTION',
      data: { option: 'nullGradients', value: 'no', allowed: ['raise', 'return'] },
    });
    expect(caught(() => checkChoices('f', { nul: 1 }, ['nullGradients']))).toMatchObject({
      code: 'GRAD_UNKNOWN_OPTION',
    });
  });
});

describe('variableList', () => {
  it('takes a variable or an array of them', () => {
    expect(variableList('f', 'wrt', x)).toEqual([x]);
    expect(variableList('f', 'wrt', [x, x])).toEqual([x, x]);
  });

  it('refuses everything else, saying what and where', () => {
    const error = caught(() => variableList('f', 'wrt', [x, 3 as never]));
    expect(error).toBeInstanceOf(ArgumentTypeError);
    expect(error).toMatchObject({ data: { argument: 'wrt', position: 1 } });
    expect(String(error)).toContain('wrt[1] is a number');
    expect(String(caught(() => variableList('f', 'wrt', new Map() as never)))).toContain('a Map');
  });
});

describe('constantSet', () => {
  it('is empty by default and refuses strings', () => {
    expect(constantSet('f', undefined).size).toBe(0);
    expect(caught(() => constantSet('f', 'x' as never))).toMatchObject({
      code: 'GRAD_CONSTANTS_NOT_ITERABLE',
    });
  });
});

describe('kindOf', () => {
  it('describes values for messages', () => {
    expect([null, undefined, [], {}, 3, new Set(), Object.create(null)].map(kindOf)).toEqual([
      'null',
      'undefined',
      'an array',
      'a Object',
      'a number',
      'a Set',
      'a object',
    ]);
  });
});

describe('mirrorForm', () => {
  it('gives an array for an array and a single result for a single variable', () => {
    expect(mirrorForm<readonly Variable[], object>([x], [x])).toEqual([x]);
    expect(mirrorForm<Variable, object>(x, [x])).toBe(x);
  });
});

describe('formatAs', () => {
  it('wraps or unwraps', () => {
    expect(formatAs(true, false, 1)).toEqual([1]);
    expect(formatAs(false, true, [1, 2])).toEqual([1, 2]);
    expect(formatAs(false, false, [1])).toBe(1);
    expect(formatAs(false, false, 1)).toBe(1);
  });

  it.each([
    [true, true, [1]],
    [false, false, [1, 2]],
    [false, false, []],
  ] as const)('refuses flags %p and %p for %p', (useList, useTuple, outputs) => {
    expect(caught(() => formatAs(useList, useTuple, outputs))).toBeInstanceOf(ValueError);
  });
});

describe('Mirror', () => {
  it('keeps the length of a tuple, and the uncertainty of a union', () => {
    expectTypeOf<Mirror<Variable, number>>().toEqualTypeOf<number>();
    expectTypeOf<Mirror<readonly [Variable, Variable], number>>().toEqualTypeOf<
      readonly [number, number]
    >();
    expectTypeOf<Mirror<readonly Variable[], number>>().toEqualTypeOf<readonly number[]>();
    expectTypeOf<Mirror<Variable[], number>>().toEqualTypeOf<readonly number[]>();
    expectTypeOf<Mirror<Variable | readonly Variable[], number>>().toEqualTypeOf<
      number | readonly number[]
    >();
    expectTypeOf<Mirror<unknown, number>>().toEqualTypeOf<number | readonly number[]>();
  });
});

describe('MaybeAbsent', () => {
  it('adds what the options may let take the place of a variable', () => {
    expectTypeOf<MaybeAbsent<Record<never, never>>>().toEqualTypeOf<Variable>();
    expectTypeOf<MaybeAbsent<object>>().toEqualTypeOf<Variable>();
    type None = MaybeAbsent<{ readonly returnDisconnected: 'none' }>;
    expectTypeOf<None>().toEqualTypeOf<Variable | null>();
    type Either = MaybeAbsent<{ readonly returnDisconnected: 'none' | 'zero' }>;
    expectTypeOf<Either>().toEqualTypeOf<Variable | null>();
    type Optional = MaybeAbsent<{ readonly returnDisconnected?: 'none' }>;
    expectTypeOf<Optional>().toEqualTypeOf<Variable | null>();
    type Zero = MaybeAbsent<{
      readonly returnDisconnected: 'zero';
      readonly nullGradients: 'raise';
    }>;
    expectTypeOf<Zero>().toEqualTypeOf<Variable>();
    type Returned = MaybeAbsent<{ readonly nullGradients: 'return' }>;
    expectTypeOf<Returned>().toEqualTypeOf<Variable | Absence>();
    expectTypeOf<MaybeAbsent<GradOptions>>().toEqualTypeOf<Variable | Absence | null>();
  });
});
