import { describe, expect, it } from '@jest/globals';
import {
  binary,
  block,
  buffer,
  compare,
  forLoop,
  i32,
  index,
  letIn,
  load,
  local,
  store,
} from '@cotangent/loops';
import type { BinaryOp, Buffer, Statement, Value } from '@cotangent/loops';
import { arenaOf, execute } from './execute.ts';
import { Interpreter } from './interpret.ts';

const [x, y, o] = ['x', 'y', 'o'].map((name) => buffer(name, 'int32')) as [Buffer, Buffer, Buffer];
const i = index('i');
const samples = [0, 1, -1, 2, 31, 32, 33, 5, -7, 2 ** 31 - 1, -(2 ** 31), 0x12345678, -559038737];
const pairs = samples.flatMap((a) => samples.map((b) => [a, b] as const));
const n = pairs.length;

/** What a body leaves in `o`, by the module and by the interpreter. */
function bothWays(body: readonly Statement[]): readonly (readonly number[])[] {
  const contents = new Map([
    [x, pairs.map(([a]) => a)],
    [y, pairs.map(([, b]) => b)],
    [o, pairs.map(() => 0)],
  ]);
  const procedure = { name: 'run', buffers: [x, y, o], body };
  const arena = arenaOf(contents);
  execute([procedure], arena);
  const storage = new Map(
    [...contents].map(([b, values]) => [b, Int32Array.from(values)] as const),
  );
  new Interpreter(storage).run(procedure);
  return [[...arena.elements.get(o)!], [...storage.get(o)!]];
}

function loopOver(value: Value, vector: boolean): readonly Statement[] {
  return [forLoop(i, i32(0), i32(n), [store(o, i, value)], { vector })];
}

const operations: readonly BinaryOp[] = ['rem', 'div', 'shl', 'shrS', 'shrU', 'rotl', 'mulHigh'];

describe('operations of int32', () => {
  for (const op of operations) {
    it(`${op} is the same in vectors, alone and interpreted`, () => {
      for (const vector of [false, true]) {
        const [fast, slow] = bothWays(loopOver(binary(op, load(x, i), load(y, i)), vector));
        expect(fast).toEqual(slow);
      }
    });
  }

  it('shift all lanes of a vector by as much', () => {
    for (const op of ['shl', 'shrS', 'shrU', 'rotl'] as const)
      for (const count of [0, 1, 13, 31, 32, 40]) {
        const [fast, slow] = bothWays(loopOver(binary(op, load(x, i), i32(count)), true));
        expect(fast).toEqual(slow);
      }
  });

  it('compare as unsigned numbers', () => {
    for (const vector of [false, true]) {
      const [fast, slow] = bothWays(loopOver(compare('ltU', load(x, i), load(y, i)), vector));
      expect(fast).toEqual(slow);
    }
  });
});

describe('block', () => {
  it('reads the names of the loops around it and keeps its own', () => {
    const [a, b] = [local('a', 'i32'), local('b', 'i32')];
    const inner: Statement = block([
      letIn(b, binary('mul', a, load(y, i))),
      store(o, i, binary('add', b, i)),
    ]);
    const body = [forLoop(i, i32(0), i32(n), [letIn(a, load(x, i)), inner, inner])];
    const [fast, slow] = bothWays([
      ...body,
      block([letIn(b, load(o, i32(1))), store(o, i32(0), b)]),
    ]);
    expect(fast).toEqual(slow);
  });
});
