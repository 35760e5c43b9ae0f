import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { constant, fullTensor, tensorFrom } from 'cotangent';
import { differences, table } from './compare.ts';
import { corpus, hashCorpus } from './corpus.ts';
import type { Hashes } from './corpus.ts';
import { chromiumEngine } from './engines.ts';
import { hashOf } from './hash.ts';

// The file is written by `npm run identity -- --update`.
const committed: Hashes = JSON.parse(
  readFileSync(join(import.meta.dirname, 'hashes.json'), 'utf8'),
);
const expected = { engine: 'hashes.json', hashes: committed };

/** What to do about a difference, in the words of the failure. */
const advice = (lines: readonly string[]): readonly string[] =>
  lines.length === 0
    ? []
    : [...lines, 'If results are meant to change, or cases are new: npm run identity -- --update'];

describe('compiled functions', () => {
  it('give the committed bits in this Node', async () => {
    const hashes = await hashCorpus();
    expect(advice(differences([expected, { engine: process.version, hashes }]))).toEqual([]);
  }, 300_000);

  it('give the committed bits in every browser of this machine', async () => {
    const browsers = [chromiumEngine()].filter((engine) => engine !== undefined);
    process.stdout.write(`browsers: ${browsers.map(({ name }) => name).join(', ') || 'none'}\n`);
    const outcomes = await Promise.all(
      browsers.map(async ({ name, run }) => ({ engine: name, hashes: await run() })),
    );
    expect(advice(differences([expected, ...outcomes]))).toEqual([]);
  }, 300_000);
});

describe('corpus', () => {
  it('names each case once', () => {
    const names = corpus().map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('hashOf', () => {
  it('tells bits, dtypes, shapes and the sign of zero apart', async () => {
    const tensors = [
      tensorFrom([1, 2]),
      tensorFrom([1, 2.0000000000000004]),
      tensorFrom([[1, 2]]),
      tensorFrom([1, 2], { dtype: 'float32' }),
      tensorFrom([0, 0]),
      tensorFrom([0, -0]),
    ];
    const hashes = await Promise.all(tensors.map((x) => hashOf([x])));
    expect(new Set(hashes).size).toBe(tensors.length);
  });

  it('takes all NaNs for one', async () => {
    const odd = new Float64Array(new Uint32Array([5, 0xfff80001]).buffer);
    const narrow = new Float32Array(new Uint32Array([0xffc00005]).buffer);
    expect(await hashOf([tensorFrom(odd)])).toBe(await hashOf([fullTensor([1], NaN, 'float64')]));
    expect(await hashOf([tensorFrom(narrow)])).toBe(
      await hashOf([fullTensor([1], NaN, 'float32')]),
    );
  });

  it('sees elements, not memory', async () => {
    const matrix = tensorFrom([
      [1, 2],
      [3, 4],
    ]);
    const transposed = tensorFrom([
      [1, 3],
      [2, 4],
    ]);
    expect(await hashOf([matrix.transpose(1, 0)])).toBe(await hashOf([transposed]));
    expect(await hashOf([constant([1, 2]).value])).toBe(await hashOf([tensorFrom([1, 2])]));
  });
});

describe('differences', () => {
  const hash = '0123456789abcdef';
  const outcome = (engine: string, hashes: Hashes) => ({ engine, hashes });

  it('names a case that differs, is missing or has failed', () => {
    const all = [
      outcome('A', { same: hash, other: hash, gone: hash, broken: 'failed: no' }),
      outcome('B', { same: hash, other: 'fedcba9876543210', broken: 'failed: no' }),
    ];
    expect(differences(all)).toEqual([
      `other: A: ${hash}, B: fedcba9876543210`,
      `gone: A: ${hash}, B: missing`,
      'broken: A: failed: no, B: failed: no',
    ]);
  });

  it('are shown in a table', () => {
    expect(table([outcome('A', { one: hash }), outcome('B', { one: hash })])).toBe(
      `case  A                 B\none   ${hash}  =`,
    );
  });
});
