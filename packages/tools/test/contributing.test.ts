import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { npmScripts } from '../lib/readme.mjs';
import { type Manifest, readJson } from '../lib/workspace.mjs';
import { fileURLToPath } from 'node:url';

const at = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const text = readFileSync(at('CONTRIBUTING.md'), 'utf8');

describe('CONTRIBUTING.md', () => {
  it('shows the layers of layers.json', () => {
    const { layers } = readJson<{ layers: Record<string, number> }>(
      at('packages/tools/layers.json'),
    );
    const rows = [...text.matchAll(/^\| (\d+) \| `([^`]+)` \|/gm)];
    expect(Object.fromEntries(rows.map(([, layer, name]) => [name, Number(layer)]))).toEqual(
      layers,
    );
  });

  it('names scripts that exist', () => {
    const { scripts = {} } = readJson<Manifest>(at('package.json'));
    expect(npmScripts(text).filter((script) => !(script in scripts))).toEqual([]);
  });
});
