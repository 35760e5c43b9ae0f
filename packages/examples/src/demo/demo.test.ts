import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { runDemo } from './demo.ts';
import { usage } from './options.ts';

// Training takes a second or two, and several times that on a busy machine.
jest.setTimeout(60_000);

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'demo-'));
});
afterAll(() => rm(folder, { recursive: true }));

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function run(args: readonly string[], signal = new AbortController().signal): Promise<Ran> {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const code = await runDemo(args, { out, err, signal });
  return { code, out: String(out.read() ?? ''), err: String(err.read() ?? '') };
}

const small = ['--train-limit', '500', '--epochs', '1', '--batch', '100'];

describe('runDemo', () => {
  it('prints the usage', async () => {
    expect(await run(['--help'])).toEqual({ code: 0, out: usage, err: '' });
  });

  it('refuses an unknown flag with exit code 2 and names it', async () => {
    const { code, out, err } = await run(['--fats']);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('--fats');
  });

  it('refuses a folder that it cannot make, before any work', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    const { code, out, err } = await run(['--out', join(file, 'folder')]);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain('--out');
  });

  it('trains both models and draws four pictures', async () => {
    const { code, out } = await run([...small, '--out', folder]);
    expect(code).toBe(0);
    expect(out).toContain('130 partial derivatives agree');
    expect(out).toMatch(/100 % {2}epoch 1\/1/);
    expect(out).toMatch(/logistic regression .*7,850/);
    expect(out).toMatch(/two-layer network .*101,770/);
    for (const name of ['logistic-cost', 'logistic-weights', 'network-cost', 'network-weights']) {
      const file = join(folder, `${name}.svg`);
      expect(out).toContain(file);
      expect(await readFile(file, 'utf8')).toContain('</svg>');
      expect((await stat(file)).size).toBeLessThan(1_000_000);
    }
  });

  it('prints results only if asked to be quiet, the same for the same seed', async () => {
    const args = [...small, '--quiet', '--model', 'logistic', '--out', folder];
    const accuracy = /\d+\.\d+ %/;
    const [first, second] = [await run(args), await run(args)];
    expect(first.out).not.toContain('epoch');
    expect(first.out.match(accuracy)?.[0]).toBe(second.out.match(accuracy)?.[0]);
  });

  it('ends with exit code 130 after an interrupt', async () => {
    const { code, out } = await run([...small, '--out', folder], AbortSignal.abort());
    expect(code).toBe(130);
    expect(out).toContain('Interrupted');
  });
});
