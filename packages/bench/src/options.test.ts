import { describe, expect, it } from '@jest/globals';
import { readOptions } from './options.ts';

describe('readOptions', () => {
  it('reads a list of engines and an expression', () => {
    const options = readOptions(['--engines', 'jax,tfjs-wasm', '--filter', '^mlp']);
    expect(options?.engines).toEqual(['jax', 'tfjs-wasm']);
    expect(options?.filter.test('MLP 784-256')).toBe(true);
  });

  it('takes fewer samples when it is to be quick', () => {
    expect([readOptions([])?.repeats, readOptions(['--quick'])?.repeats]).toEqual([11, 3]);
  });

  it('names a flag that it does not know', () => {
    expect(() => readOptions(['--fliter', 'x'])).toThrow('--fliter');
  });

  it.each(['0', '1.5', 'many'])('refuses --repeats %s', (repeats) => {
    expect(() => readOptions(['--repeats', repeats])).toThrow('--repeats');
  });

  it('refuses a filter that is no expression', () => {
    expect(() => readOptions(['--filter', '('])).toThrow('--filter (');
  });

  it('asks for no run on --help', () => {
    expect(readOptions(['--help'])).toBeUndefined();
  });
});
