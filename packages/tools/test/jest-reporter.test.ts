import { describe, expect, it } from '@jest/globals';
import { escapeXml, totalsLine } from '../jest-reporter.mjs';

describe('totalsLine', () => {
  it('counts a file that could not run as one failure', () => {
    const totals = {
      numPassedTests: 17,
      numFailedTests: 2,
      numRuntimeErrorTestSuites: 1,
      numPendingTests: 3,
      numTodoTests: 1,
    };
    expect(totalsLine(totals)).toBe('17 passed, 3 failed, 4 skipped');
  });
});

describe('escapeXml', () => {
  it('escapes markup', () => {
    expect(escapeXml('a < b && "c" > d')).toBe('a &lt; b &amp;&amp; &quot;c&quot; &gt; d');
  });

  it('drops colours and control characters', () => {
    expect(escapeXml('\u001b[31mred\u001b[0m\u0000\n')).toBe('red\n');
  });
});
