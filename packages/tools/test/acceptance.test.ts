import { describe, expect, it } from '@jest/globals';
import { acceptanceIds, outcomes, report, weaknessIds } from '../lib/acceptance.mjs';

function ran(statuses: Readonly<Record<string, string>>) {
  const assertionResults = Object.entries(statuses).map(([title, status]) => ({ title, status }));
  return { testResults: [{ assertionResults }] };
}

const all = Object.fromEntries(
  [...acceptanceIds, ...weaknessIds].map((id) => [`${id} holds`, 'passed'] as const),
);

describe('outcomes', () => {
  it('goes by the ID that a title begins with, and fails if one of several tests does', () => {
    const found = outcomes(
      ran({ 'G01 a': 'passed', 'G01 b': 'failed', 'G01 c': 'passed', other: 'failed' }),
    );
    expect([...found]).toEqual([['G01', 'fail']]);
  });

  it('counts a skipped test as failing', () => {
    expect(outcomes(ran({ 'S01 x': 'pending' })).get('S01')).toBe('fail');
  });
});

describe('report', () => {
  it('is complete if every ID passes', () => {
    const { lines, isComplete } = report(ran(all), [], []);
    expect(isComplete).toBe(true);
    expect(lines.at(-1)).toBe('117/117 IDs pass, 0 wait for ops: ');
  });

  it('is complete if an ID without a test waits', () => {
    const { 'R16 holds': _, ...others } = all;
    const { lines, isComplete } = report(ran(others), [{ id: 'R16', needs: 'conv2d' }], []);
    expect(isComplete).toBe(true);
    expect(lines).toContain('R16 waits for conv2d');
    expect(lines.at(-1)).toBe('116/117 IDs pass, 1 wait for ops: R16 (conv2d)');
  });

  it.each([
    ['fails', { ...all, 'G07 holds': 'failed' }, 'G07 fail'],
    ['fails although it may wait', { ...all, 'R16 holds': 'failed' }, 'R16 fail'],
    ['is missing', { ...all, 'G07 holds': 'passed', 'S23 holds': 'passed' }, 'G07 pass'],
  ])('prints an ID that %s', (_, statuses, line) => {
    const { lines, isComplete } = report(ran(statuses), [{ id: 'R16', needs: 'conv2d' }], []);
    expect(lines).toContain(line);
    expect(isComplete).toBe(line.endsWith('pass'));
  });

  it('is incomplete without an ID, a weakness, or a file', () => {
    const { 'G07 holds': _g, ...withoutG } = all;
    const { 'W07 holds': _w, ...withoutW } = all;
    expect(report(ran(withoutG), [], []).isComplete).toBe(false);
    expect(report(ran(withoutW), [], []).isComplete).toBe(false);
    expect(report(ran(withoutW), [], [{ id: 'W07', reason: 'why' }]).isComplete).toBe(true);
    const crashed = [
      ...ran(all).testResults,
      { assertionResults: [], name: 'x.test.ts', message: 'no' },
    ];
    expect(report({ testResults: crashed }, [], []).isComplete).toBe(false);
  });
});
