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

/** One row of C as a sum of rows of B, `together` of them in each pass over C; k in order. */
export function emitRows(b: Builder, shape: Shape, [a, right, c]: readonly Node[]): void {
  const access = new Access(b, shape.float);
  const size = shape.float.bytes;
  const first = shape.inner % together || Math.min(together, shape.inner);
  const [left, row] = [access.pointer(a!), access.pointer(right!)];
  const pass = (height: number, accumulate: boolean): void => {
    emitPass(access, shape, height, accumulate, access.here(left), access.here(row), c!);
    access.advance(left, height * shape.a.column * size);
    access.advance(row, height * shape.b.row * size);
  };
  pass(first, shape.accumulate);
  access.repeat((shape.inner - first) / together, [left, row], () => pass(together, true));
}

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
