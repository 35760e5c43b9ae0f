import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseReplay, replayToken, tokenPart, tokenWithSeedOf } from './replay-token.ts';

describe('replayToken', () => {
  it('has five parts, whatever the names are', () => {
    const check = { id: 'vjp.value', sample: '#0 (float64, shapes [2,3] [])' };
    expect(replayToken('my.op', check, 0x5eed)).toBe(
      'gc1.my_op.0-float64-shapes-2-3.vjp_value.5eed',
    );
    expect(replayToken('--', undefined, 1)).toBe('gc1._.all.all.1');
  });

  it('is read back by parseReplay, for every seed', () => {
    const seeds = fc.oneof(
      fc.nat(),
      fc.maxSafeNat(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.string({ unit: 'grapheme' }),
    );
    fc.assert(
      fc.property(fc.string(), fc.string(), seeds, (name, sample, seed) => {
        const target = parseReplay(replayToken(name, { id: 'jvp.value', sample }, seed));
        expect(target).toEqual({
          name: tokenPart(name),
          sample: tokenPart(sample),
          check: 'jvp_value',
          seed: Object.is(seed, -0) ? 0 : seed,
        });
      }),
    );
  });
});

describe('tokenWithSeedOf', () => {
  it('keeps the seed and names another check', () => {
    const check = { id: 'jvp.value', sample: 'b' };
    expect(tokenWithSeedOf('gc1.f.a.vjp_value.s_x%2ey', 'f', check)).toBe(
      'gc1.f.b.jvp_value.s_x%2ey',
    );
  });
});

describe('parseReplay', () => {
  it.each([
    '',
    'gc1.a.b.c',
    'gc2.a.b.c.1',
    'gc1.a.b.c.xyz',
    'gc1..b.c.1',
    'gc1.a.b.c.d.1',
    'gc1.a.b.c.s_%',
    'gc1.a.b.c.n_',
  ])('refuses %j', (token) => {
    expect(() => parseReplay(token)).toThrow(
      expect.objectContaining({ code: 'GRADCHECK_INVALID_REPLAY' }),
    );
  });
});
