import type { BinaryOp, CompareOp, ElementType, UnaryOp, ValueType } from '@cotangent/loops';
import type { ElementaryBinary, ExactBinary, ExactUnary } from '../functions/elementary.ts';
import type { MachineType, Opcode } from '../encode/opcodes.ts';
import type { Builder } from './builder.ts';
import type { Elementary } from './elementary.ts';
import { EmitError } from './errors.ts';
import type { Node } from './node.ts';

/** Operations of one float that are instructions. */
export const exactUnary = {
  neg: 'neg',
  abs: 'abs',
  sqrt: 'sqrt',
  floor: 'floor',
  ceil: 'ceil',
  trunc: 'trunc',
  round: 'nearest',
} as const;

export function isExact(op: UnaryOp): op is ExactUnary {
  return op in exactUnary;
}

export function scalarUnary(b: Builder, functions: Elementary, op: UnaryOp, x: Node): Node {
  if (x.type === 'i32') return integerUnary(b, op, x);
  if (!isExact(op)) return functions.scalar(op, x);
  return b.op(`${x.type === 'f64' ? 'f64' : 'f32'}.${exactUnary[op]}`, [x]);
}

function integerUnary(b: Builder, op: UnaryOp, x: Node): Node {
  switch (op) {
    case 'neg':
      return b.sub(b.i32(0), x);
    case 'abs': {
      const sign = b.op('i32.shr_s', [x, b.i32(31)]);
      return b.sub(b.op('i32.xor', [x, sign]), sign);
    }
    case 'floor':
    case 'ceil':
    case 'trunc':
    case 'round':
      return x;
    default:
      throw new EmitError(`emitModule: '${op}' of an i32`, 'convert it to a float first');
  }
}

const elementaryBinaries: { readonly [Op in ElementaryBinary]: true } = {
  pow: true,
  atan2: true,
  remainder: true,
};

export function isExactBinary(op: BinaryOp): op is ExactBinary {
  return !(op in elementaryBinaries);
}

/** A function of two floats that is no instruction. */
export function scalarFunction(
  functions: Elementary,
  op: ElementaryBinary,
  x: Node,
  y: Node,
): Node {
  checkFloats(op, x.type, y.type);
  return functions.scalar(op, x, y);
}

export function checkFloats(op: ElementaryBinary, x: MachineType, y: MachineType): void {
  if (x === y && x !== 'i32') return;
  throw new EmitError(`emitModule: '${op}' of ${x} and ${y}`, 'convert both to one float type');
}

export function scalarBinary(b: Builder, op: ExactBinary, x: Node, y: Node): Node {
  if (x.type !== y.type)
    throw new EmitError(`emitModule: '${op}' of ${x.type} and ${y.type}`, 'convert one of them');
  if (x.type === 'i32') return integerBinary(b, op, x, y);
  if (!isFloatOp(op))
    throw new EmitError(`emitModule: '${op}' of a float`, 'compare first, or convert to i32');
  return b.op(`${x.type === 'f64' ? 'f64' : 'f32'}.${op}`, [x, y]);
}

const floatOps = ['add', 'sub', 'mul', 'div', 'min', 'max'] as const;

/** Whether an operation is one of floats too. */
export function isFloatOp(op: BinaryOp): op is (typeof floatOps)[number] {
  return floatOps.some((known) => known === op);
}

function integerBinary(b: Builder, op: ExactBinary, x: Node, y: Node): Node {
  switch (op) {
    case 'add':
      return b.add(x, y);
    case 'sub':
      return b.sub(x, y);
    case 'mul':
      return b.mul(x, y);
    case 'min':
      return b.op('select', [x, y, b.op('i32.lt_s', [x, y])]);
    case 'max':
      return b.op('select', [x, y, b.op('i32.gt_s', [x, y])]);
    case 'div':
      return integerDivision(b, x, y);
    case 'and':
    case 'or':
    case 'xor':
    case 'shl':
    case 'rotl':
      return b.op(`i32.${op}`, [x, y]);
    case 'shrS':
      return b.op('i32.shr_s', [x, y]);
    case 'shrU':
      return b.op('i32.shr_u', [x, y]);
    case 'rem':
      return integerRemainder(b, x, y);
    case 'mulHigh': {
      const product = b.op('i64x2.extmul_low_i32x4_u', [splatOf(b, x), splatOf(b, y)]);
      return b.op('i32x4.extract_lane', [product], { lane: 1 });
    }
    default:
      return op satisfies never;
  }
}

/** x / y towards zero, without traps: 0 for y = 0, and −x (which wraps) for y = −1. */
function integerDivision(b: Builder, x: Node, y: Node): Node {
  const divisor = y.op === 'i32.const' ? (y.immediate.value ?? 0) : 0;
  if (divisor !== 0 && divisor !== -1) return b.op('i32.div_s', [x, y]);
  const isSpecial = b.op('i32.lt_u', [b.add(y, b.i32(1)), b.i32(2)]);
  const safe = b.op('select', [b.i32(1), y, isSpecial]);
  const quotient = b.op('i32.div_s', [x, safe]);
  return b.op('select', [b.mul(x, y), quotient, isSpecial]);
}

function splatOf(b: Builder, x: Node): Node {
  return b.op('i32x4.splat', [x]);
}

/** x − y · (x / y) without traps: x for y = 0. */
function integerRemainder(b: Builder, x: Node, y: Node): Node {
  if (y.op === 'i32.const' && y.immediate.value !== 0) return b.op('i32.rem_s', [x, y]);
  const isZero = b.op('i32.eqz', [y]);
  const rest = b.op('i32.rem_s', [x, b.op('select', [b.i32(1), y, isZero])]);
  return b.op('select', [x, rest, isZero]);
}

export function scalarCompare(b: Builder, op: CompareOp, x: Node, y: Node): Node {
  if (x.type !== y.type)
    throw new EmitError(`emitModule: '${op}' of ${x.type} and ${y.type}`, 'convert one of them');
  if (op === 'ltU') return b.op('i32.lt_u', [x, y]);
  if (x.type !== 'i32') return b.op(`${x.type === 'f64' ? 'f64' : 'f32'}.${op}`, [x, y]);
  return b.op(op === 'eq' || op === 'ne' ? `i32.${op}` : `i32.${op}_s`, [x, y]);
}

export function scalarConvert(b: Builder, to: ValueType, x: Node): Node {
  if (x.type === to) return x;
  if (to === 'f64') return b.op(x.type === 'f32' ? 'f64.promote_f32' : 'f64.convert_i32_s', [x]);
  if (to === 'f32') return b.op(x.type === 'f64' ? 'f32.demote_f64' : 'f32.convert_i32_s', [x]);
  return b.op(x.type === 'f64' ? 'i32.trunc_sat_f64_s' : 'i32.trunc_sat_f32_s', [x]);
}

export function isNonZero(b: Builder, x: Node): Node {
  if (x.type === 'f64') return b.op('f64.ne', [x, b.f64(0)]);
  if (x.type === 'f32') return b.op('f32.ne', [x, b.f32(0)]);
  return b.op('i32.ne', [x, b.i32(0)]);
}

export const scalarLoads: { readonly [D in ElementType]: Opcode } = {
  float64: 'f64.load',
  float32: 'f32.load',
  int32: 'i32.load',
  uint8: 'i32.load8_u',
  bool: 'i32.load8_u',
};

export const scalarStores: { readonly [D in ElementType]: Opcode } = {
  float64: 'f64.store',
  float32: 'f32.store',
  int32: 'i32.store',
  uint8: 'i32.store8',
  bool: 'i32.store8',
};
