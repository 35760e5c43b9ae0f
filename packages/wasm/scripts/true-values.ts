// True values of the elementary functions, from references.py.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Floats } from '../src/functions/simulate.ts';

export type Lane = 64 | 32;

/** Three numbers a result: the true value rounded to the lane, its unit in the last place, and the rest in that unit. */
export function trueValues(
  python: string,
  name: string,
  lane: Lane,
  inputs: readonly Floats[],
): Float64Array {
  const script = fileURLToPath(new URL('references.py', import.meta.url));
  const interleaved = new Float64Array(inputs.length * (inputs[0]?.length ?? 0));
  for (const [i, xs] of inputs.entries()) {
    for (const [j, x] of xs.entries()) interleaved[j * inputs.length + i] = x;
  }
  const { stdout, status, stderr } = spawnSync(python, [script, name, `${lane}`], {
    input: new Uint8Array(interleaved.buffer),
    maxBuffer: 2 ** 30,
  });
  if (status !== 0) throw new Error(`references.py failed for ${name}: ${String(stderr)}`);
  return asDoubles(stdout);
}

/** The same from `folder`, where `make` puts them the first time. */
export function kept(folder: string, file: string, make: () => Float64Array): Float64Array {
  const path = `${folder}/${file}`;
  if (existsSync(path)) return asDoubles(readFileSync(path));
  const values = make();
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, new Uint8Array(values.buffer));
  return values;
}

function asDoubles(bytes: Uint8Array): Float64Array {
  return new Float64Array(new Uint8Array(bytes).buffer);
}
