import { isFloat } from '@cotangent/tensor';
import { fold, local, registerType } from '@cotangent/loops';
import type { BinaryOp, UnaryOp, Value } from '@cotangent/loops';
import type { Apply } from '@cotangent/graph';

/** Functions of the loop language that are exact or correctly rounded: `Math` and JavaScript's operators agree. */
const exact: ReadonlySet<UnaryOp | BinaryOp> = new Set<UnaryOp | BinaryOp>([
  'neg',
  'abs',
  'sqrt',
  'floor',
  'ceil',
  'trunc',
  'round',
  'add',
  'sub',
  'mul',
  'div',
  'min',
  'max',
  'remainder',
  'and',
  'or',
  'xor',
  'rem',
  'shl',
  'shrS',
  'shrU',
  'rotl',
  'mulHigh',
]);

/**
 * Whether `eval` gives the bits that a backend's code gives, in every engine. Elementary functions of `Math` differ
 * between engines, even between versions of one, by a unit in the last place.
 */
export function isFoldable({ op, attrs, outputs: [y] }: Apply): boolean {
  if (op.foldable === false) return false;
  const lower = op.elementwise?.lower;
  if (lower === undefined || y === undefined || !isFloat(y.dtype)) return true;
  const type = registerType[y.dtype];
  const xs = Array.from({ length: op.inputCount ?? 0 }, (_, k) => local(`x${k}`, type));
  const lowered = lower(xs, type, attrs);
  return lowered === undefined || isExact(lowered);
}

function isExact(value: Value): boolean {
  return fold<boolean>(
    value,
    (y, operands) =>
      operands.every(Boolean) && (!(y.kind === 'unary' || y.kind === 'binary') || exact.has(y.op)),
  );
}
