import type { BinaryOp, CompareOp, UnaryOp, ValueType } from '@cotangent/loops';
import type { Opcode } from '../encode/opcodes.ts';
import { i32x4 } from './algebra.ts';
import type { Builder } from './builder.ts';
import { splat } from './elementary.ts';
import type { ExactBinary } from '../functions/elementary.ts';
import type { Elementary } from './elementary.ts';
import { EmitError } from './errors.ts';
import type { Node } from './node.ts';
import { checkFloats, exactUnary, isExact, isExactBinary, isFloatOp } from './scalar.ts';

/**
 * A value in every lane of a vector loop. `f64` takes both halves of a vector; `f32` and `i32` the low two
 * or all four lanes of 32 bits, by the loop's width. What is known of it is kept as long as possible: a
 * value that is the same everywhere or grows by a constant as one scalar, a truth value as a mask.
 */
export interface Lanes {
  readonly type: ValueType;
  /** The scalar in lane 0; there if `stride` is. */
  readonly first?: Node;
  /** What each lane adds to the one before; 0 if all are equal. */
  readonly stride?: number;
  readonly vector?: Node;
  readonly mask?: { readonly node: Node; readonly bits: 64 | 32 };
}

export function isVolatile({ first, vector, mask }: Lanes): boolean {
  return [first, vector, mask?.node].some((n) => n?.isVolatile ?? false);
}

export function isUniform(x: Lanes): x is Lanes & { readonly first: Node } {
  return x.stride === 0 && x.first !== undefined;
}

export function uniform(first: Node): Lanes {
  if (first.type === 'v128') throw new RangeError('unreachable: a scalar is no vector');
  return { type: first.type, first, stride: 0 };
}

/** The value as one vector. */
export function vectorOf(b: Builder, x: Lanes): Node {
  if (x.vector) return x.vector;
  if (x.mask) return b.op('v128.and', [maskOf(b, x, 32), i32x4(b, 1)]);
  if (x.first === undefined) throw new RangeError('unreachable: a value has some form');
  if (x.stride === 0) return splat(b, x.first);
  return b.op('i32x4.add', [splat(b, x.first), ramp(b, x.stride ?? 0)]);
}

/** [0, stride, 2·stride, 3·stride]. */
function ramp(b: Builder, stride: number): Node {
  return b.v128(new Uint8Array(Int32Array.of(0, stride, 2 * stride, 3 * stride).buffer));
}

/** All ones in the lanes, of 64 or 32 bits, where the value is not 0. */
export function maskOf(b: Builder, x: Lanes, bits: 64 | 32): Node {
  const { node, bits: has } = x.mask ?? {
    node: b.op('i32x4.ne', [vectorOf(b, x), i32x4(b, 0)]),
    bits: 32,
  };
  if (has === bits) return node;
  if (bits === 64) return b.op('i64x2.extend_low_i32x4_s', [node]);
  return b.op('i8x16.shuffle', [node, node], { bytes: words(0, 2, 0, 2) });
}

/** The bytes of a shuffle that picks these words of 32 bits. */
export function words(...picked: readonly number[]): Uint8Array {
  return Uint8Array.from(picked.flatMap((w) => [4 * w, 4 * w + 1, 4 * w + 2, 4 * w + 3]));
}

const shapeOf = { f64: 'f64x2', f32: 'f32x4', i32: 'i32x4' } as const;

export function unaryLanes(b: Builder, functions: Elementary, op: UnaryOp, x: Lanes): Lanes {
  const { type } = x;
  const v = vectorOf(b, x);
  if (type === 'i32') {
    if (op === 'neg' || op === 'abs') return { type, vector: b.op(`i32x4.${op}`, [v]) };
    if (isExact(op) && op !== 'sqrt') return x;
    throw new EmitError(`emitModule: '${op}' of an i32`, 'convert it to a float first');
  }
  if (!isExact(op)) return { type, vector: functions.vector(op, type === 'f64' ? 64 : 32, v) };
  return { type, vector: b.op(`${shapeOf[type]}.${exactUnary[op]}`, [v]) };
}

export function binaryLanes(
  b: Builder,
  functions: Elementary,
  op: BinaryOp,
  x: Lanes,
  y: Lanes,
): Lanes {
  if (isExactBinary(op)) return exactBinaryLanes(b, op, x, y);
  checkFloats(op, x.type, y.type);
  const lane = x.type === 'f64' ? 64 : 32;
  return { type: x.type, vector: functions.vector(op, lane, vectorOf(b, x), vectorOf(b, y)) };
}

function exactBinaryLanes(b: Builder, op: ExactBinary, x: Lanes, y: Lanes): Lanes {
  if (x.type !== y.type)
    throw new EmitError(`emitModule: '${op}' of ${x.type} and ${y.type}`, 'convert one of them');
  const affine = x.type === 'i32' ? affineLanes(b, op, x, y) : undefined;
  if (affine) return affine;
  const isBitwise = op === 'and' || op === 'or' || op === 'xor';
  if (isBitwise && x.mask && y.mask) {
    const bits = x.mask.bits === 64 && y.mask.bits === 64 ? 64 : 32;
    const node = b.op(`v128.${op}`, [maskOf(b, x, bits), maskOf(b, y, bits)]);
    return { type: 'i32', mask: { node, bits } };
  }
  const shifted = x.type === 'i32' ? shiftLanes(b, op, x, y) : undefined;
  if (shifted) return shifted;
  const [p, q] = [vectorOf(b, x), vectorOf(b, y)];
  if (op === 'mulHigh' && x.type === 'i32') return { type: 'i32', vector: upperHalves(b, p, q) };
  return { type: x.type, vector: b.op(binaryOpcode(op, x.type), [p, q]) };
}

/** Shifts and rotations; every lane by as much. */
function shiftLanes(b: Builder, op: ExactBinary, x: Lanes, y: Lanes): Lanes | undefined {
  const shift = (by: 'shl' | 'shr_s' | 'shr_u', count: Node): Node =>
    b.op(`i32x4.${by}`, [vectorOf(b, x), count]);
  if (op !== 'shl' && op !== 'shrS' && op !== 'shrU' && op !== 'rotl') return undefined;
  const count = y.first;
  if (count === undefined) throw new RangeError('unreachable: the plan has refused such a shift');
  if (op === 'shl') return { type: 'i32', vector: shift('shl', count) };
  if (op === 'shrS') return { type: 'i32', vector: shift('shr_s', count) };
  if (op === 'shrU') return { type: 'i32', vector: shift('shr_u', count) };
  const back = b.sub(b.i32(32), count); // shifts are modulo 32, so a rotation by 0 is x | x
  return { type: 'i32', vector: b.op('v128.or', [shift('shl', count), shift('shr_u', back)]) };
}

/** The upper 32 bits of the products of unsigned lanes. */
function upperHalves(b: Builder, x: Node, y: Node): Node {
  const low = b.op('i64x2.extmul_low_i32x4_u', [x, y]);
  const high = b.op('i64x2.extmul_high_i32x4_u', [x, y]);
  return b.op('i8x16.shuffle', [low, high], { bytes: words(1, 3, 5, 7) });
}

export function binaryOpcode(op: ExactBinary, type: ValueType): Opcode {
  const isBitwise = op === 'and' || op === 'or' || op === 'xor';
  if (type !== 'i32' && isFloatOp(op)) return `${shapeOf[type]}.${op}`;
  if (type !== 'i32' || !(isBitwise || isFloatOp(op)) || op === 'div')
    throw new EmitError(`emitModule: '${op}' of vectors of ${type}`, 'compare first, or convert');
  if (isBitwise) return `v128.${op}`;
  return op === 'min' || op === 'max' ? `i32x4.${op}_s` : `i32x4.${op}`;
}

/** Sums, differences and constant multiples of values that are affine in the lane. */
function affineLanes(b: Builder, op: ExactBinary, x: Lanes, y: Lanes): Lanes | undefined {
  if (x.first === undefined || y.first === undefined) return undefined;
  const [s, t] = [x.stride ?? 0, y.stride ?? 0];
  const type = 'i32';
  if (op === 'add') return { type, first: b.add(x.first, y.first), stride: (s + t) | 0 };
  if (op === 'sub') return { type, first: b.sub(x.first, y.first), stride: (s - t) | 0 };
  if (op !== 'mul') return undefined;
  const [factor, stride] = s === 0 ? [x.first, t] : [y.first, s];
  if (factor.op !== 'i32.const' || (s !== 0 && t !== 0)) return undefined;
  const scale = factor.immediate.value ?? 0;
  return { type, first: b.mul(x.first, y.first), stride: Math.imul(stride, scale) };
}

export function compareLanes(b: Builder, op: CompareOp, x: Lanes, y: Lanes): Lanes {
  if (x.type !== y.type)
    throw new EmitError(`emitModule: '${op}' of ${x.type} and ${y.type}`, 'convert one of them');
  const node = b.op(compareOpcode(op, x.type), [vectorOf(b, x), vectorOf(b, y)]);
  return { type: 'i32', mask: { node, bits: x.type === 'f64' ? 64 : 32 } };
}

function compareOpcode(op: CompareOp, type: ValueType): Opcode {
  if (op === 'ltU') return 'i32x4.lt_u';
  if (type !== 'i32') return `${shapeOf[type]}.${op}`;
  return op === 'eq' || op === 'ne' ? `i32x4.${op}` : `i32x4.${op}_s`;
}

export function selectLanes(b: Builder, condition: Lanes, x: Lanes, y: Lanes): Lanes {
  const mask = maskOf(b, condition, x.type === 'f64' ? 64 : 32);
  return { type: x.type, vector: b.op('v128.bitselect', [vectorOf(b, x), vectorOf(b, y), mask]) };
}

const conversions: { readonly [From in ValueType]: { readonly [To in ValueType]?: Opcode } } = {
  f64: { f32: 'f32x4.demote_f64x2_zero', i32: 'i32x4.trunc_sat_f64x2_s_zero' },
  f32: { f64: 'f64x2.promote_low_f32x4', i32: 'i32x4.trunc_sat_f32x4_s' },
  i32: { f64: 'f64x2.convert_low_i32x4_s', f32: 'f32x4.convert_i32x4_s' },
};

export function convertLanes(b: Builder, to: ValueType, x: Lanes): Lanes {
  const op = conversions[x.type][to];
  return op ? { type: to, vector: b.op(op, [vectorOf(b, x)]) } : x;
}
