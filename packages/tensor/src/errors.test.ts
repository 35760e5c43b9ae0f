import { describe, expect, it } from '@jest/globals';
import {
  ArgumentTypeError,
  CotangentError,
  DTypeError,
  NotImplementedError,
  ShapeError,
  ValueError,
} from './errors.ts';

describe('CotangentError', () => {
  it('carries code, hint, data and cause, and prints the hint below the message', () => {
    const cause = new Error('inner');
    const error = new CotangentError('no', { code: 'X', hint: 'do', data: { n: 1 }, cause });
    expect(error.message).toBe('no\nHint: do');
    expect([error.code, error.hint, error.data, error.cause]).toEqual(['X', 'do', { n: 1 }, cause]);
  });

  it('has no hint line and empty data when none are given', () => {
    const error = new CotangentError('no', { code: 'X' });
    expect(error.message).toBe('no');
    expect(error.hint).toBeUndefined();
    expect(error.data).toEqual({});
    expect('cause' in error).toBe(false);
  });

  it.each([CotangentError, ValueError, ShapeError, NotImplementedError])('names %p', (Class) => {
    const error = new Class('m', { code: 'C' });
    expect(error).toBeInstanceOf(CotangentError);
    expect(error.name).toBe(Class.name);
    expect(String(error)).toBe(`${Class.name}: m`);
  });

  it.each([ArgumentTypeError, DTypeError])('names %p, a TypeError', (Class) => {
    const error = new Class('m', { code: 'C', hint: 'h' });
    expect(error).toBeInstanceOf(TypeError);
    expect([error.name, error.code, error.message]).toEqual([Class.name, 'C', 'm\nHint: h']);
  });

  it('makes a shape error a value error', () => {
    expect(new ShapeError('m', { code: 'C' })).toBeInstanceOf(ValueError);
  });
});
