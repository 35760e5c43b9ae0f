import { describe, expect, it } from '@jest/globals';
import { chain, exp, mul, sum, withShape } from '../test/ops.ts';
import { toDot } from './dot.ts';
import { scalar, vector } from './inputs.ts';
import { constant } from './operand.ts';
import { nameIfUnnamed } from './variable.ts';

describe('toDot', () => {
  it('draws roots, nodes with attributes, and outputs', () => {
    const x = vector('x');
    const [value, shape] = withShape(mul(x, 2));
    expect(toDot([sum(value), shape]).split('\n')).toEqual([
      'digraph "graph" {',
      '  rankdir=TB;',
      '  r0 [shape=ellipse, label="x"];',
      '  r1 [shape=plaintext, label="2"];',
      '  n0 [shape=box, label="mul"];',
      '  r0 -> n0 [label="0: float64[?]"];',
      '  r1 -> n0 [label="1: float64[]"];',
      '  n1 [shape=box, label="withShape"];',
      '  n0 -> n1 [label="float64[?]"];',
      '  n2 [shape=box, label="sum\\n{axes=[0]}"];',
      '  n1 -> n2 [label=".0 float64[?]"];',
      '  out0 [shape=doublecircle, label="output 0"];',
      '  n2 -> out0 [label="float64[]"];',
      '  out1 [shape=doublecircle, label="output 1"];',
      '  n1 -> out1 [label=".1 int32[1]"];',
      '}',
    ]);
  });

  it('escapes names', () => {
    const text = toDot(scalar('a"b\\c'), { name: 'my "graph"\nhere\u0007' });
    expect(text).toContain('digraph "my \\"graph\\"\\nhere" {');
    expect(text).toContain('label="a\\"b\\\\c"');
  });

  it('names outputs, shows named constants, and takes options', () => {
    const y = mul(scalar('x'), constant(0.5, { name: 'half' }));
    nameIfUnnamed(y, 'loss');
    const text = toDot(y, { types: false, direction: 'LR' });
    expect(text).toContain('rankdir=LR;');
    expect(text).toContain('label="half = 0.5"');
    expect(text).toContain('label="loss"');
    expect(text).toContain('[label="0:"]');
    expect(toDot(y, { canonicalNames: true })).not.toMatch(/half|loss|"x"/);
  });

  it('draws a shared node once', () => {
    const e = exp(scalar('x'));
    expect(toDot(mul(e, e)).match(/label="exp"/g)).toHaveLength(1);
  });

  it('takes linear space for a chain of 100 000 nodes', () => {
    expect(toDot(chain(scalar('x'), 100_000)).split('\n')).toHaveLength(200_006);
  });
});
