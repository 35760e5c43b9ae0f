import { describe, expect, it } from '@jest/globals';
import { assertGradcheck, wasmBackend } from 'cotangent';
import type { Variable } from 'cotangent';
import { composites } from '../scripts/coverage/composites.ts';

describe('functions made of several ops', () => {
  for (const [name, { build, inputs, wrt }] of Object.entries(composites)) {
    it(`${name} has right derivatives in both modes of compilation and to second order`, () => {
      const fn = (...xs: readonly Variable[]): readonly Variable[] => [build(...xs)];
      const report = assertGradcheck(fn, [{ inputs }], {
        order: 2,
        compileModes: ['reference', 'fast'],
        backend: wasmBackend(),
        ...(wrt !== undefined && { wrt }),
      });
      expect(report.verdict).toBe('pass');
    });
  }
});
