import { describe, expect, it } from '@jest/globals';
import { ListTable } from './list-table.ts';

describe('ListTable', () => {
  it('gives equal lists equal numbers, in the order in which they are new', () => {
    const table = new ListTable();
    const lists = [[1, 2], [2, 1], [], [1, 2], [-1], [1, 2, 0], []];
    expect(lists.map((list) => table.numberOf(list))).toEqual([0, 1, 2, 0, 3, 4, 2]);
    expect(table.size).toBe(5);
  });

  it('tells many lists apart', () => {
    const table = new ListTable();
    const lists = Array.from({ length: 5000 }, (_, k) => [k % 71, (k * 7919) % 1009, k >> 4]);
    const keys = new Map<string, number>();
    for (const list of [...lists, ...lists]) {
      const number = table.numberOf(list);
      const known = keys.get(list.join()) ?? number;
      keys.set(list.join(), known);
      expect(number).toBe(known);
    }
    expect(table.size).toBe(keys.size);
  });
});
