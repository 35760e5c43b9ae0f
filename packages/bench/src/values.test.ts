import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { loadOutputs, loadValues, storeOutputs, storeValues } from './protocol.ts';
import { randomFrom, valueFrom, valueOf, withPrecision } from './values.ts';

describe('randomFrom', () => {
  it('gives the same numbers for the same seed', () => {
    const [a, b, c] = [1, 1, 2].map((seed) => randomFrom(seed).uniform());
    expect(a).toBe(b);
    expect(a).not.toBe(c);
  });

  it('draws normal numbers of mean 0 and variance 1', () => {
    const { normal } = randomFrom(0);
    const draws = Array.from({ length: 1e4 }, normal);
    const mean = draws.reduce((a, b) => a + b) / draws.length;
    const variance = draws.reduce((a, b) => a + b * b, 0) / draws.length - mean ** 2;
    expect(Math.abs(mean)).toBeLessThan(5 / 100); // five standard errors
    expect(Math.abs(variance - 1)).toBeLessThan((5 * Math.SQRT2) / 100);
  });
});

describe('withPrecision', () => {
  it('rounds to float32', () => {
    const value = valueFrom('float64', [1], () => 0.1);
    expect(withPrecision(value, 'float32').data).toEqual(Float32Array.of(0.1));
  });
});

describe('valueOf', () => {
  it('names what is missing', () => {
    expect(() => valueOf({}, 'x')).toThrow('no value is called x');
  });
});

describe('storing', () => {
  it('gives back values and outputs bit for bit', () => {
    const folder = mkdtempSync(join(tmpdir(), 'cotangent-values-'));
    try {
      const values = {
        a: valueFrom('float64', [2, 2], (k) => k / 3),
        b: valueFrom('float32', [], () => 0.1),
      };
      expect(loadValues(storeValues(values, folder))).toEqual(values);
      const outputs = loadOutputs(storeOutputs([[NaN, -0], Float32Array.of(0.1)], folder));
      expect(outputs).toEqual([Float64Array.of(NaN, -0), Float64Array.of(Math.fround(0.1))]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
