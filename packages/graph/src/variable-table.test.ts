import { describe, expect, it } from '@jest/globals';
import { constant } from './operand.ts';
import { elementwise } from './elementwise.ts';
import type { Binary } from './elementwise.ts';
import { topologicalNodes } from './traversal.ts';
import { tensorType } from './types.ts';
import { VariableTable } from './variable-table.ts';
import { Input } from './variable.ts';
import type { Variable } from './variable.ts';

const add: Binary = elementwise('add', 2, { eval: (x, y) => x + y, points: [[1, 2]] });
const x = new Input(tensorType('float64', []), 'x');

function sums(n: number): readonly Variable[] {
  const made: Variable[] = [add(x, 1)];
  for (let k = 1; k < n; k++) made.push(add(made[k - 1]!, x));
  return made;
}

describe('VariableTable', () => {
  it('holds a value for results, inputs and constants', () => {
    const [y, z] = sums(2) as [Variable, Variable];
    const one = constant(1);
    const table = new VariableTable<string>(topologicalNodes([z]));
    for (const [v, name] of [
      [x, 'x'],
      [one, 'one'],
      [y, 'y'],
      [z, 'z'],
    ] as const)
      table.set(v, name);
    expect([x, one, y, z].map((v) => table.get(v))).toEqual(['x', 'one', 'y', 'z']);
    table.set(y, 'other');
    expect(table.get(y)).toBe('other');
  });

  it('holds values for results of nodes that it was not made for', () => {
    const [y, z] = sums(2) as [Variable, Variable];
    const table = new VariableTable<number>(topologicalNodes([y]));
    expect(table.get(z)).toBeUndefined();
    table.set(z, 2);
    expect([table.get(y), table.get(z)]).toEqual([undefined, 2]);
  });

  it('keeps its values where another table numbers the same nodes otherwise', () => {
    const made = sums(5);
    const first = new VariableTable<number>(topologicalNodes([made[4]!]));
    made.forEach((y, k) => first.set(y, k));
    const second = new VariableTable<number>(topologicalNodes([made[4]!]).toReversed());
    made.forEach((y, k) => second.set(y, 10 * k));
    expect(made.map((y) => first.get(y))).toEqual([0, 1, 2, 3, 4]);
    first.set(made[0]!, 10);
    expect([first.get(made[0]!), second.get(made[0]!), second.get(made[3]!)]).toEqual([10, 0, 30]);
  });
});
