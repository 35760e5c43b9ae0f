import { describe, expect, it } from '@jest/globals';
import { add, chain, exp, mul, power, sum, withShape } from '../test/ops.ts';
import { scalar, vector } from './inputs.ts';
import { constant } from './operand.ts';
import { debugPrint, printExpression } from './print.ts';
import { nameIfUnnamed } from './variable.ts';
import type { Variable } from './variable.ts';

const lines = (...all: readonly string[]): string => all.join('\n');

function example(): readonly Variable[] {
  const x = vector('x', { shape: [3] });
  const e = exp(x);
  const [value, shape] = withShape(mul(e, vector('y')));
  const weights = constant([1, -0, Number.NaN], { name: 'w' });
  return [sum(add(e, value, weights)), shape];
}

describe('debugPrint', () => {
  it('prints each node once and refers to it by its letter later on', () => {
    expect(debugPrint(example())).toBe(
      lines(
        'sum{axes=[0]} : float64[]',
        '└─ add : float64[3]',
        '   ├─ add : float64[3]',
        '   │  ├─ exp A : float64[3]',
        '   │  │  └─ x : float64[3]',
        '   │  └─ withShape.0 B : float64[3]',
        '   │     └─ mul : float64[3]',
        '   │        ├─ ↑A',
        '   │        └─ y : float64[?]',
        '   └─ w = [1, -0, NaN] : float64[3]',
        '↑B.1 : int32[1]',
      ),
    );
  });

  it('prints the names of results', () => {
    const cost = exp(scalar('x'));
    nameIfUnnamed(cost, 'cost');
    expect(debugPrint(cost)).toBe(lines('cost = exp : float64[]', '└─ x : float64[]'));
    expect(debugPrint(cost, { canonicalNames: true })).toBe(
      lines('exp : float64[]', '└─ in0 : float64[]'),
    );
  });

  it('leaves types out if asked to', () => {
    expect(debugPrint(power(mul(scalar('x'), 2), { n: 3 }), { types: false })).toBe(
      lines('power{n=3}', '└─ mul', '   ├─ x', '   └─ 2'),
    );
  });

  it('prints inputs and constants alone', () => {
    expect(debugPrint([scalar('x'), constant(2), constant(new Float64Array(9))])).toBe(
      lines('x : float64[]', '2 : float64[]', 'c0 = constant : float64[9]'),
    );
    expect(debugPrint([])).toBe('');
  });

  it('stops after maxNodes nodes and says how many are left', () => {
    const y = chain(scalar('x'), 5);
    expect(debugPrint(y, { maxNodes: 4, types: false })).toBe(
      lines('exp', '└─ exp', '   └─ exp', '      └─ exp', '… and 1 more node'),
    );
    expect(debugPrint(y, { maxNodes: 0 })).toBe('… and 5 more nodes');
    expect(debugPrint(y, { maxNodes: 5 })).not.toContain('…');
  });

  it('prints what lies deeper than 24 levels as trees of their own', () => {
    const text = debugPrint(chain(scalar('x'), 30), { types: false }).split('\n');
    expect(text).toHaveLength(32);
    expect(text.slice(24, 27)).toEqual([`${' '.repeat(69)}└─ ↓A`, 'exp A', '└─ exp']);
  });

  it('prints a cut-off node where it is met less deep, if that is earlier', () => {
    const deep = exp(scalar('x'));
    const text = debugPrint([chain(deep, 24), mul(deep, 2)], { types: false }).split('\n');
    expect(text.slice(24)).toEqual([
      `${' '.repeat(69)}└─ ↓A`,
      'mul',
      '├─ exp A',
      '│  └─ x',
      '└─ 2',
    ]);
  });

  it('takes a line per node and bounded indentation for a chain of 100 000', () => {
    const text = debugPrint(chain(scalar('x'), 100_000)).split('\n');
    expect(text.length).toBeLessThan(105_000);
    expect(text.filter((line) => line.length > 100)).toEqual([]);
  });

  it('prints shared nodes once where the number of paths is exponential', () => {
    const y = chain(scalar('x'), 1000, (z) => add(z, z));
    expect(debugPrint(y).split('\n').length).toBeLessThan(2_200);
  });
});

describe('printExpression', () => {
  it('lists the nodes in topological order', () => {
    expect(printExpression([...example(), constant(3)])).toBe(
      lines(
        '(x: float64[3], y: float64[?]) =>',
        '  w = [1, -0, NaN] : float64[3]',
        '  %0 = exp(x) : float64[3]',
        '  %1 = mul(%0, y) : float64[3]',
        '  %2, %3 = withShape(%1) : float64[3], int32[1]',
        '  %4 = add(%0, %2) : float64[3]',
        '  %5 = add(%4, w) : float64[3]',
        '  %6 = sum{axes=[0]}(%5) : float64[]',
        '  return %6, %3, 3',
      ),
    );
  });

  it('leaves types and names out if asked to', () => {
    expect(printExpression(example(), { types: false, canonicalNames: true })).toBe(
      lines(
        '(in0, in1) =>',
        '  %0 = exp(in0)',
        '  %1 = mul(%0, in1)',
        '  %2, %3 = withShape(%1)',
        '  %4 = add(%0, %2)',
        '  %5 = add(%4, [1, -0, NaN])',
        '  %6 = sum{axes=[0]}(%5)',
        '  return %6, %3',
      ),
    );
  });

  it('does not depend on the names of results', () => {
    const [a, b] = [exp(scalar('x')), exp(scalar('x'))];
    nameIfUnnamed(a, 'a');
    expect(printExpression(a)).toBe(printExpression(b));
  });

  it('says the type of a constant that it does not show', () => {
    const text = printExpression(add(scalar('x'), constant(new Float32Array(9))));
    expect(text).toContain('  c0 = constant : float32[9]\n');
  });

  it('prints a chain of 100 000 nodes in as many lines', () => {
    expect(printExpression(chain(scalar('x'), 100_000)).split('\n')).toHaveLength(100_002);
  });
});
