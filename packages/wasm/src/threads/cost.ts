import { bytesOf } from '@cotangent/loops';
import type { MatrixProduct, Statement, Value } from '@cotangent/loops';
import { tripsOf, valuesIn } from '../emit/outline.ts';
import { isExact, isExactBinary } from '../emit/scalar.ts';

/** Nanoseconds of operations in vectors on one core: loads and stores, arithmetic, elementary functions. */
const touching = 0.05;
const exact = 0.05;
const elementary = 2;

/** Multiplications and additions of a matrix product in a nanosecond, by bytes of an element. */
const productSpeed: Readonly<Record<number, number>> = { 4: 32, 8: 16 };

/**
 * Roughly how long statements run on one core, in nanoseconds; loops of unknown length count once. It
 * decides where threads pay, never what is computed.
 */
export function nanosecondsOf(body: readonly Statement[]): number {
  let total = 0;
  for (const x of valuesIn(body)) total += costOf(x);
  for (const s of body) total += within(s);
  return total;
}

function within(s: Statement): number {
  switch (s.kind) {
    case 'for':
      return Math.max(1, tripsOf(s) ?? 1) * nanosecondsOf(s.body);
    case 'while':
    case 'block':
      return nanosecondsOf(s.body);
    case 'if':
      return nanosecondsOf(s.body) + nanosecondsOf(s.otherwise);
    case 'matrixProduct':
      return productNanoseconds(s);
    case 'store':
    case 'accumulate':
      return touching;
    case 'let':
    case 'assign':
    case 'refuse':
      return 0;
    default:
      return s satisfies never;
  }
}

function productNanoseconds({ rows, inner, columns, out }: MatrixProduct): number {
  return (2 * rows * inner * columns) / (productSpeed[bytesOf[out.buffer.dtype]] ?? 1);
}

function costOf(x: Value): number {
  if (x.kind === 'load') return touching;
  if (x.kind === 'index' || x.kind === 'local' || x.kind === 'const') return 0;
  if (x.kind === 'unary') return isExact(x.op) ? exact : elementary;
  if (x.kind === 'binary' && !isExactBinary(x.op)) return elementary;
  return exact;
}
