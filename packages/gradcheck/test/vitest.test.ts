import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

describe('the matchers under vitest', () => {
  it('pass, fail and say the same as under jest', () => {
    const output = execFileSync(
      process.execPath,
      [
        '--no-warnings',
        '--conditions=@cotangent/source',
        '--import',
        at('../../tools/ts-hook.mjs'),
        at('fixtures/vitest-expect.ts'),
      ],
      { encoding: 'utf8' },
    );
    const { wrong, right, withoutPoints } = JSON.parse(output);
    expect(stripVTControlCharacters(wrong)).toMatch(
      /^expect\(fn\)\.toHaveCorrectGradientsAt\(points\)\n\ncube: vjp\.value FAILED[^]*analytic {2}1\.5 {5}numeric 0\.75 ±[^]*a factor 2 too many[^]*replay: /,
    );
    expect(stripVTControlCharacters(right)).toMatch(
      /^expect\(fn\)\.not\.toHaveCorrectGradientsAt\(points\)\n\nExpected a derivative to be wrong/,
    );
    expect(withoutPoints).toContain('the points are of type undefined');
  });
});
