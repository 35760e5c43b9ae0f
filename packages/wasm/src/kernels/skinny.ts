import type { Builder } from '../emit/builder.ts';
import type { Node, Register } from '../emit/node.ts';
import { combine } from '../emit/reduce.ts';
import { Access } from './float.ts';
import type { Shape } from './shape.ts';

/** Columns whose dot products share the loads of the left operand; rows of B added in one pass. */
const together = 4;

/** Each element of C as a dot product along k, `together` columns at a time. */
export function emitDots(b: Builder, shape: Shape, [a, right, c]: readonly Node[]): void {
  const access = new Access(b, shape.float);
  const size = shape.float.bytes;
  const [left, out] = [access.pointer(a!), access.pointer(c!)];
  access.repeat(shape.rows, [left, out], () => {
    const [column, element] = [access.pointer(right!), access.pointer(access.here(out))];
    const run = (width: number, count: number): void =>
      access.repeat(count, [column, element], () => {
        emitDot(access, shape, width, access.here(left), access.here(column), access.here(element));
        access.advance(column, width * shape.b.column * size);
        access.advance(element, width * shape.c.column * size);
      });
    run(together, Math.floor(shape.columns / together));
    run(1, shape.columns % together);
    access.advance(left, shape.a.row * size);
    access.advance(out, shape.c.row * size);
  });
}

function emitDot(access: Access, shape: Shape, width: number, a: Node, right: Node, c: Node): void {
  const { b } = access;
  const { lanes, bytes, type } = shape.float;
  const parts = shape.columns === 1 ? 4 : 1; // a lone dot product would wait for each addition
  const steps = Math.floor(shape.inner / (lanes * parts));
  const sums = Array.from({ length: width * parts }, () => b.register('v128'));
  for (const sum of sums) b.set(sum, access.zero());
  const [x, y] = [access.pointer(a), access.pointer(right)];
  const body = (): void => {
    for (let part = 0; part < parts; part++) {
      const at = part * lanes * bytes;
      const v = access.load('v128.load', access.here(x), at);
      for (let n = 0; n < width; n++) {
        const sum = sums[n * parts + part]!;
        const column = access.load('v128.load', access.here(y), at + n * shape.b.column * bytes);
        b.set(sum, access.mulAdd(b.get(sum), v, column));
      }
    }
    access.advance(y, lanes * parts * bytes);
  };
  if (steps > 0) access.walk(x, lanes * parts * bytes, steps, [y, ...sums], body);
  if (steps === 1) access.advance(x, lanes * parts * bytes);
  const totals = Array.from({ length: width }, (_, n) => {
    const total = b.register(type);
    const vectors = sums.slice(n * parts, (n + 1) * parts).map((r) => b.get(r));
    b.set(total, combine(b, 'add', type, lanes, vectors));
    return total;
  });
  emitDotTail(access, shape, shape.inner - steps * lanes * parts, totals, x, y);
  for (const [n, total] of totals.entries()) {
    const at = n * shape.c.column * bytes;
    const sum = b.get(total);
    const old = shape.accumulate ? access.load(`${type}.load`, c, at) : undefined;
    const only = shape.negate ? b.op(`${type}.neg`, [sum]) : sum;
    const op = shape.negate ? (`${type}.sub` as const) : (`${type}.add` as const);
    access.store(`${type}.store`, c, at, old ? b.op(op, [old, sum]) : only);
  }
}

function emitDotTail(
  access: Access,
  shape: Shape,
  count: number,
  totals: readonly Register[],
  x: Register,
  y: Register,
): void {
  const { b } = access;
  const { bytes, type } = shape.float;
  access.repeat(count, [x, y, ...totals], () => {
    const left = access.load(`${type}.load`, access.here(x), 0);
    for (const [n, total] of totals.entries()) {
      const right = access.load(`${type}.load`, access.here(y), n * shape.b.column * bytes);
      b.set(total, b.op(`${type}.add`, [b.get(total), b.op(`${type}.mul`, [left, right])]));
    }
    access.advance(x, bytes);
    access.advance(y, bytes);
  });
}

/** Bytes of the rows of B that strips of C pass over: they stay in the first-level cache. */
const stripBytes = 16 * 1024;

/** Vectors of C in one strip, and rows below which keeping them in registers gains nothing. */
const stripVectors = 8;
const fewestRows = 8;

/** One row of C as a sum of rows of B; k in order. */
export function emitRows(b: Builder, shape: Shape, [a, right, c]: readonly Node[]): void {
  const access = new Access(b, shape.float);
  const size = shape.float.bytes;
  const fitting = Math.floor(stripBytes / (shape.columns * size));
  const height = fitting < fewestRows ? together : fitting;
  const add = fitting < fewestRows ? emitPass : emitStrips;
  const first = shape.inner % height || Math.min(height, shape.inner);
  const [left, row] = [access.pointer(a!), access.pointer(right!)];
  const pass = (rows: number, accumulate: boolean): void => {
    add(access, shape, rows, accumulate, access.here(left), access.here(row), c!);
    access.advance(left, rows * shape.a.column * size);
    access.advance(row, rows * shape.b.row * size);
  };
  pass(first, shape.accumulate);
  access.repeat((shape.inner - first) / height, [left, row], () => pass(height, true));
}

/** `height` rows of B added to C, strip by strip: the strip stays in registers for all of them. */
function emitStrips(
  access: Access,
  shape: Shape,
  height: number,
  accumulate: boolean,
  a: Node,
  right: Node,
  c: Node,
): void {
  const { lanes, bytes } = shape.float;
  const vectors = Math.floor(shape.columns / lanes);
  const count = Math.ceil(vectors / stripVectors);
  const least = Math.floor(vectors / Math.max(count, 1));
  const wider = vectors - least * count;
  const [column, out] = [access.pointer(right), access.pointer(c)];
  const run = (parts: readonly number[], strips: number): void =>
    access.repeat(strips, [column, out], () => {
      emitStrip(access, shape, height, accumulate, parts, [
        a,
        access.here(column),
        access.here(out),
      ]);
      access.advance(column, parts.length * lanes * bytes);
      access.advance(out, parts.length * lanes * bytes);
    });
  run(whole(least + 1, lanes), wider);
  run(whole(least, lanes), count - wider);
  if (shape.columns % lanes > 0) run([shape.columns % lanes], 1);
}

function whole(vectors: number, lanes: number): readonly number[] {
  return Array.from({ length: vectors }, () => lanes);
}

/** One strip, of vectors with so many lanes each. */
function emitStrip(
  access: Access,
  shape: Shape,
  height: number,
  accumulate: boolean,
  parts: readonly number[],
  [a, right, c]: readonly [Node, Node, Node],
): void {
  const { b } = access;
  const { lanes, bytes } = shape.float;
  const sums = parts.map((width, v) => {
    const sum = b.register('v128');
    b.set(sum, accumulate ? access.vector(c, v * lanes * bytes, width) : access.zero());
    return sum;
  });
  const [left, row] = [access.pointer(a), access.pointer(right)];
  access.repeat(height, [left, row, ...sums], () => {
    const factor = access.splat(access.here(left), 0);
    for (const [v, sum] of sums.entries()) {
      const x = access.vector(access.here(row), v * lanes * bytes, parts[v] ?? lanes);
      b.set(sum, access.mulAdd(b.get(sum), factor, x, shape.negate));
    }
    access.advance(left, shape.a.column * bytes);
    access.advance(row, shape.b.row * bytes);
  });
  for (const [v, sum] of sums.entries())
    access.storeVector(c, v * lanes * bytes, parts[v] ?? lanes, b.get(sum));
}

/** `height` rows of B, few, in one pass over C. */
function emitPass(
  access: Access,
  shape: Shape,
  height: number,
  accumulate: boolean,
  a: Node,
  right: Node,
  c: Node,
): void {
  const { b } = access;
  const { lanes, bytes } = shape.float;
  const factors = Array.from({ length: height }, (_, k) => {
    const factor = b.register('v128');
    b.set(factor, access.splat(a, k * shape.a.column * bytes));
    return factor;
  });
  const [row, out] = [access.pointer(right), access.pointer(c)];
  const run = (width: number, count: number): void =>
    access.repeat(count, [row, out], () => {
      let sum = accumulate ? access.vector(access.here(out), 0, width) : access.zero();
      for (const [k, factor] of factors.entries())
        sum = access.mulAdd(
          sum,
          b.get(factor),
          access.vector(access.here(row), k * shape.b.row * bytes, width),
          shape.negate,
        );
      access.storeVector(access.here(out), 0, width, sum);
      access.advance(row, width * bytes);
      access.advance(out, width * bytes);
    });
  run(lanes, Math.floor(shape.columns / lanes));
  if (shape.columns % lanes > 0) run(shape.columns % lanes, 1);
}
