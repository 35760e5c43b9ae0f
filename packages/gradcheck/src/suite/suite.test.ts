import { describe, expect, it } from '@jest/globals';
import { sin, standardOps, tanh } from '@cotangent/ops';
import { defineOpSamples, suitesIn } from './suite.ts';

describe('suitesIn', () => {
  it('finds records, carriers, suites, and arrays of these', () => {
    const suite = { op: tanh, samples: [{ inputs: [1] }] };
    const found = suitesIn([sin, sin.op, { op: sin.op }, suite, [[tanh]]]);
    expect(found.map(({ record }) => record.name)).toEqual(['sin', 'sin', 'sin', 'tanh', 'tanh']);
    expect(found[3]).toMatchObject({ samples: [{ inputs: [1] }] });
    expect(suitesIn(standardOps)).toHaveLength(standardOps.length);
  });

  it('finds nothing in anything else', () => {
    for (const value of [undefined, null, 1, 'op', {}, { op: 1 }, { op: { op: 2 } }, Math.sin]) {
      expect(suitesIn(value)).toEqual([]);
    }
  });
});

describe('defineOpSamples', () => {
  it('hands on what it is given', () => {
    const suites = [{ op: sin, samples: [{ inputs: [1] }] }];
    expect(defineOpSamples(suites)).toBe(suites);
  });

  it('refuses what is no list, and what is no op', () => {
    const none: never = undefined as never; // what TypeScript would not let through
    expect(() => defineOpSamples(none)).toThrow(
      expect.objectContaining({ code: 'GRADCHECK_SUITE_LIST' }),
    );
    expect(() => defineOpSamples([{ op: Math.sin as never }])).toThrow(
      expect.objectContaining({ code: 'GRADCHECK_NOT_AN_OP' }),
    );
  });
});
