import { describe, expect, it } from '@jest/globals';
import { Ledger } from './ledger.ts';

describe('Ledger', () => {
  const pass = { id: 'vjp.value', sample: '#0 (float64)', verdict: 'pass' } as const;

  it('keeps the worst of each check and sample, with the seed that showed it', () => {
    const ledger = new Ledger('f', []);
    ledger.add(pass, 1);
    ledger.add({ ...pass, verdict: 'fail', message: 'no' }, 2);
    ledger.add({ ...pass, verdict: 'inconclusive' }, 3);
    expect(ledger.checks(1)).toEqual([
      { ...pass, verdict: 'fail', message: 'no', replay: 'gc1.f.0-float64.vjp_value.2' },
    ]);
  });

  it('gives a hint where the name of the check says enough', () => {
    const ledger = new Ledger('f', []);
    ledger.add({ id: 'args.intact', sample: 'a', verdict: 'fail' }, 1);
    expect(ledger.checks(1)[0]?.hints).toEqual([expect.stringMatching(/copy before writing/)]);
  });

  it('turns an expected failure into a skip with its reason', () => {
    const ledger = new Ledger('f', [{ check: 'vjp.value', sample: '#0', reason: 'clipped' }]);
    ledger.add({ ...pass, verdict: 'fail' }, 1);
    ledger.add({ ...pass, sample: '#1 (float64)', verdict: 'fail' }, 1);
    expect(ledger.checks(1).map(({ verdict, message }) => [verdict, message])).toEqual([
      ['skipped', 'clipped'],
      ['fail', undefined],
    ]);
  });

  it('fails a skip that is not needed', () => {
    const ledger = new Ledger('f', [{ check: 'vjp.value', reason: 'clipped' }]);
    ledger.add(pass, 1);
    expect(ledger.checks(1).at(-1)).toMatchObject({ id: 'skip.needed', verdict: 'fail' });
  });
});
