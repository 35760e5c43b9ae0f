import { describe, expect, it } from '@jest/globals';
import { agreementOf } from './random/modes.ts';

/** `npm run random-graphs` takes 10 000. */
const count = 100;

describe('random graphs', () => {
  it('have the same values and gradients in modes fast and reference, up to rounding', () => {
    const apart = Array.from({ length: count }, (_, k) => agreementOf(k + 1)).filter(
      ({ ratio }) => !(ratio < 1),
    );
    expect(apart).toEqual([]);
  });
});
