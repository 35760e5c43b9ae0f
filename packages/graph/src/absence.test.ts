import { CotangentError, ValueError } from '@cotangent/tensor';
import { describe, expect, it } from '@jest/globals';
import { caught } from '../test/caught.ts';
import { mul } from '../test/ops.ts';
import {
  AssertionError,
  DisconnectedType,
  NullType,
  disconnected,
  disconnectedType,
  isAbsence,
  isDisconnected,
  isNull,
  isZero,
  notImplemented,
  nullType,
  undefinedAt,
  zero,
} from './absence.ts';
import { scalar } from './inputs.ts';
import type { Operand } from './operand.ts';

describe('DisconnectedType', () => {
  it('G64: converting a variable to it raises AssertionError whose text names the type', () => {
    const error = caught(() => disconnectedType.filterVariable(scalar('x')));
    expect(error).toBeInstanceOf(AssertionError);
    expect(error).toBeInstanceOf(CotangentError);
    expect(error).toMatchObject({ name: 'AssertionError', code: 'GRAPH_DISCONNECTED_VALUE' });
    expect(String(error)).toContain('DisconnectedType');
  });

  it('has no values to filter or compare', () => {
    expect(caught(() => disconnectedType.filter(1))).toBeInstanceOf(AssertionError);
    expect(caught(() => disconnectedType.valueEq(1, 1))).toBeInstanceOf(AssertionError);
  });

  it('makes stand-ins that are disconnected', () => {
    const stand = new DisconnectedType().variable('d');
    expect([isDisconnected(stand), isNull(stand), stand.toString()]).toEqual([true, false, 'd']);
  });
});

describe('NullType', () => {
  it('says why it is null', () => {
    expect(new NullType('kink', 'undefined')).toMatchObject({
      whyNull: 'kink',
      reason: 'undefined',
    });
    expect(nullType.reason).toBe('unknown');
  });

  it('has no values', () => {
    const type = new NullType('kink');
    const errors = [
      caught(() => type.filter(1)),
      caught(() => type.filterVariable(scalar('x'))),
      caught(() => type.valueEq(1, 1)),
    ];
    for (const error of errors) {
      expect(error).toBeInstanceOf(ValueError);
      expect(error).toMatchObject({ code: 'GRAPH_NULL_VALUE', data: { whyNull: 'kink' } });
    }
  });

  it('makes stand-ins that are null', () => {
    expect(isNull(nullType.variable())).toBe(true);
    expect(nullType.variable().toString()).toBe('<NullType>');
  });
});

describe('the names of absence', () => {
  it('are told apart by predicates', () => {
    const all = [zero, disconnected, undefinedAt('a'), notImplemented('b'), scalar('x')];
    expect(all.map(isAbsence)).toEqual([true, true, true, true, false]);
    expect(all.map(isZero)).toEqual([true, false, false, false, false]);
    expect(all.map(isDisconnected)).toEqual([false, true, false, false, false]);
    expect(all.map(isNull)).toEqual([false, false, true, true, false]);
  });

  it('keep the reason', () => {
    expect(undefinedAt('jump').type).toMatchObject({ whyNull: 'jump', reason: 'undefined' });
    expect(notImplemented('todo').type.reason).toBe('not-implemented');
  });

  it('cannot be computed with', () => {
    const operand = zero as unknown as Operand;
    expect(caught(() => mul(2, operand))).toMatchObject({ code: 'GRAPH_ABSENT_OPERAND' });
  });
});
