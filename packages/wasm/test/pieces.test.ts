import { describe, expect, it } from '@jest/globals';
import {
  accumulate,
  affine,
  binary,
  buffer,
  forLoop,
  i32,
  index,
  letIn,
  load,
  local,
  matrixProduct,
  printProcedure,
  store,
} from '@cotangent/loops';
import type { Buffer, Statement } from '@cotangent/loops';
import { emitModule } from '../src/emit/module.ts';
import { buffersIn } from '../src/lower/buffers.ts';
import { piecesOf } from '../src/threads/pieces.ts';
import { arenaOf, execute } from './execute.ts';
import { randomProgram } from './random.ts';

type Contents = ReadonlyMap<Buffer, ArrayLike<number>>;

const isInner = ({ name }: Buffer): boolean => name === 'own';

/** How many parts the pieces of some statements have, however little work they are. */
function partsOf(body: readonly Statement[]): readonly number[] {
  return piecesOf(body, 3, isInner, 0).pieces.map(({ parts }) => parts?.count ?? 1);
}

/** Runs statements in pieces, the last part of each first, and gives what is then in memory. */
function inPieces(body: readonly Statement[], contents: Contents) {
  const { pieces, sizes } = piecesOf(body, 3, isInner, 0);
  const more = [...sizes].map(([b, length]) => [b, new Float64Array(length)] as const);
  const all = new Map<Buffer, ArrayLike<number>>([...contents, ...more]);
  const arena = arenaOf(all, { spare: 4096 });
  const procedures = pieces.map((piece, k) => ({
    name: `piece${k}`,
    buffers: buffersIn(piece.body),
    body: piece.body,
    ...(piece.parts === undefined
      ? {}
      : { part: piece.parts.index, privates: piece.parts.privates }),
  }));
  const module = new WebAssembly.Module(emitModule(procedures, { addresses: arena.addresses }));
  const { exports } = new WebAssembly.Instance(module, { env: { memory: arena.memory } });
  for (const [k, { parts }] of pieces.entries()) {
    const run = exports[`piece${k}`];
    if (typeof run !== 'function') throw new TypeError('no such piece');
    for (let part = (parts?.count ?? 1) - 1; part >= 0; part--) run(part);
  }
  return arena.elements;
}

function whole(body: readonly Statement[], contents: Contents) {
  const arena = arenaOf(contents);
  execute([{ name: 'whole', buffers: buffersIn(body), body }], arena);
  return arena.elements;
}

describe('piecesOf', () => {
  it('changes no bit of random programs, whichever part comes first', () => {
    let shared = 0;
    for (let seed = 1; seed <= 400; seed++) {
      const { procedure, contents } = randomProgram(seed);
      if (partsOf(procedure.body).some((count) => count > 1)) shared++;
      const [wanted, got] = [whole(procedure.body, contents), inPieces(procedure.body, contents)];
      for (const b of procedure.buffers)
        if (!wanted.get(b)!.every((x, k) => Object.is(x, got.get(b)![k])))
          throw new Error(`seed ${seed}: ${b.name}\n${printProcedure(procedure)}`);
    }
    expect(shared).toBeGreaterThan(40);
  });

  const [x, y] = [buffer('x', 'float64'), buffer('y', 'float64')];
  const [i, j] = [index('i'), index('j')];
  const rows = (body: readonly Statement[]): Statement => forLoop(i, i32(0), i32(40), body);
  const columns = (body: readonly Statement[]): Statement =>
    forLoop(j, i32(0), i32(30), body, { vector: true });

  it('shares loops whose iterations write rows of their own', () => {
    const at = affine([
      [i, 30],
      [j, 1],
    ]);
    expect(partsOf([rows([columns([store(y, at, load(x, at))])])])[0]).toBeGreaterThan(1);
  });

  it('shares no loop that reads what another iteration writes', () => {
    const at = affine([
      [i, 30],
      [j, 1],
    ]);
    const before = binary('sub', at, i32(30));
    expect(partsOf([rows([columns([store(y, at, load(y, before))])])])).toEqual([1]);
    const wide = affine([
      [i, 29],
      [j, 1],
    ]);
    expect(partsOf([rows([columns([store(y, wide, load(x, at))])])])).toEqual([1]);
    expect(partsOf([rows([store(y, i32(0), load(x, i))])])).toEqual([1]);
    expect(partsOf([rows([store(y, load(buffer('at', 'int32'), i), load(x, i))])])).toEqual([1]);
  });

  it('shares no loop that hands a local on', () => {
    const sum = local('sum', 'f64');
    const scan = [accumulate(sum, 'add', load(x, i)), store(y, i, sum)];
    const body = [letIn(sum, load(x, i32(0))), rows(scan)];
    expect(partsOf(body)).toEqual([1]);
  });

  it('gives each part what its iterations write before they read it', () => {
    const own = buffer('own', 'float64');
    const at = affine([
      [i, 30],
      [j, 1],
    ]);
    const write = columns([store(own, j, load(x, at))]);
    const turn = binary('sub', i32(29), j);
    const read = columns([store(y, at, binary('mul', load(own, j), load(own, turn)))]);
    const contents = new Map([
      [x, Float64Array.from({ length: 1200 }, (_, k) => Math.sin(k))],
      [y, new Float64Array(1200)],
      [own, new Float64Array(30)],
    ]);
    const body = [rows([write, read])];
    expect(partsOf(body)[0]).toBeGreaterThan(1);
    expect(inPieces(body, contents).get(y)).toEqual(whole(body, contents).get(y));
    expect(partsOf([rows([read, write])])).toEqual([1]);
    expect(partsOf([...body, store(y, i32(0), load(own, i32(3)))])).toEqual([1]);
  });

  it('hands locals on that are bound before and changed after', () => {
    const [scale, total] = [local('scale', 'f64'), local('total', 'f64')];
    const body = [
      letIn(scale, load(x, i32(3))),
      letIn(total, scale),
      rows([store(y, i, binary('mul', load(x, i), scale))]),
      accumulate(total, 'add', scale),
      rows([store(y, i, binary('add', load(y, i), total))]),
      store(y, i32(7), total),
    ];
    expect(partsOf(body).filter((count) => count > 1)).toHaveLength(2);
    const values = Float64Array.from({ length: 40 }, (_, k) => Math.sqrt(k));
    const contents = new Map([
      [x, values],
      [y, new Float64Array(40)],
    ]);
    expect(inPieces(body, contents).get(y)).toEqual(whole(body, contents).get(y));
  });

  it('combines the parts of sums in the order without threads', () => {
    const sum = local('sum', 'f64');
    const n = 100_001;
    const body = [
      letIn(sum, load(x, i32(0))),
      forLoop(i, i32(0), i32(n), [accumulate(sum, 'add', load(x, i))], { vector: true }),
      store(y, i32(0), sum),
    ];
    const contents = new Map([
      [x, Float64Array.from({ length: n }, (_, k) => Math.sin(k))],
      [y, new Float64Array(1)],
    ]);
    expect(partsOf(body).some((count) => count > 1)).toBe(true);
    expect(inPieces(body, contents).get(y)).toEqual(whole(body, contents).get(y));
  });

  it.each([
    [65, 40, 70],
    [1, 200, 129],
    [129, 200, 1],
    [66, 3, 65],
  ])('shares products of %i × %i by %i', (m, k, n) => {
    const view = (b: Buffer, rowStride: number) => ({
      buffer: b,
      offset: i32(0),
      rowStride,
      columnStride: 1,
    });
    const [a, b, c] = ['a', 'b', 'c'].map((name) => buffer(name, 'float64'));
    const sizes = { rows: m, inner: k, columns: n };
    const body = [matrixProduct(view(c!, n), view(a!, k), view(b!, n), sizes)];
    const filled = (length: number) => Float64Array.from({ length }, (_, at) => Math.sin(at));
    const contents = new Map([
      [a!, filled(m * k)],
      [b!, filled(k * n)],
      [c!, new Float64Array(m * n)],
    ]);
    expect(partsOf(body)[0]).toBeGreaterThan(1);
    expect(inPieces(body, contents).get(c!)).toEqual(whole(body, contents).get(c!));
  });
});
