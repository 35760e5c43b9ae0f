import type { ReduceOp, ValueType } from '@cotangent/loops';
import { f32x4, f64x2, i32x4 } from './algebra.ts';
import type { Builder } from './builder.ts';
import { binaryOpcode, words } from './lanes.ts';
import type { Node } from './node.ts';
import { scalarBinary } from './scalar.ts';

/** What changes nothing when it is combined. */
export const identities: {
  readonly [Op in ReduceOp]: { readonly float: number; readonly integer: number };
} = {
  add: { float: -0, integer: 0 }, // x + −0 = x also for x = −0
  mul: { float: 1, integer: 1 },
  min: { float: Infinity, integer: 2 ** 31 - 1 },
  max: { float: -Infinity, integer: -(2 ** 31) },
};

/** The vector that changes nothing when it is combined. */
export function identityOf(b: Builder, op: ReduceOp, type: ValueType): Node {
  const { float, integer } = identities[op];
  if (type === 'i32') return i32x4(b, integer);
  return type === 'f64' ? f64x2(b, float) : f32x4(b, float);
}

/** The scalar that changes nothing when it is combined. */
export function scalarIdentity(b: Builder, op: ReduceOp, type: ValueType): Node {
  const { float, integer } = identities[op];
  if (type === 'i32') return b.i32(integer);
  return type === 'f64' ? b.f64(float) : b.f32(float);
}

/** Combines accumulators pairwise, then the lanes of the last: halves first, then neighbours. */
export function combine(
  b: Builder,
  op: ReduceOp,
  type: ValueType,
  width: 2 | 4,
  accumulators: readonly Node[],
): Node {
  const opcode = binaryOpcode(op, type);
  let level = accumulators;
  while (level.length > 1) {
    const next: Node[] = [];
    for (let k = 0; k + 1 < level.length; k += 2)
      next.push(b.op(opcode, [level[k]!, level[k + 1]!]));
    level = level.length % 2 === 1 ? [...next, level[level.length - 1]!] : next;
  }
  let v = level[0]!;
  if (width === 4)
    v = b.op(opcode, [v, b.op('i8x16.shuffle', [v, v], { bytes: words(2, 3, 0, 1) })]);
  const extract = type === 'f64' ? 'f64x2' : type === 'f32' ? 'f32x4' : 'i32x4';
  const lane = (k: number): Node => b.op(`${extract}.extract_lane`, [v], { lane: k });
  return scalarBinary(b, op, lane(0), lane(1));
}
