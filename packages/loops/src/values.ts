/** Element types of a buffer. `uint8` and `bool` take one byte and are computed with as `i32`. */
export type ElementType = 'float64' | 'float32' | 'int32' | 'uint8' | 'bool';

/** Types of values in registers. Comparisons give `i32` 0 or 1. */
export type ValueType = 'f64' | 'f32' | 'i32';

/** Storage that a procedure reads or writes: a parameter, given by address when it is called. */
export interface Buffer {
  readonly kind: 'buffer';
  readonly name: string;
  readonly dtype: ElementType;
}

/** A loop counter, `i32`. */
export interface Index {
  readonly kind: 'index';
  readonly name: string;
}

/** A named register: bound once by `let`, or changed by `assign` and `accumulate`. */
export interface Local {
  readonly kind: 'local';
  readonly name: string;
  readonly type: ValueType;
}

/** Functions of one float; `sqrt`, `abs`, `neg` and the roundings are exact or correctly rounded. */
export type UnaryOp =
  | 'neg'
  | 'abs'
  | 'sqrt'
  | 'floor'
  | 'ceil'
  | 'trunc'
  | 'round'
  | 'exp'
  | 'expm1'
  | 'log'
  | 'log1p'
  | 'sin'
  | 'cos'
  | 'tan'
  | 'asin'
  | 'acos'
  | 'atan'
  | 'sinh'
  | 'cosh'
  | 'tanh'
  | 'asinh'
  | 'acosh'
  | 'atanh'
  | 'erf'
  | 'erfc'
  | 'sigmoid'
  | 'softplus';

/**
 * Functions of two values of one type. `min` and `max` propagate NaN; arithmetic of `i32` wraps.
 *
 * Of floats alone: `pow` and `atan2` as in IEEE 754, and `remainder`, exact and of the sign of the first.
 *
 * Of `i32` alone: `and`, `or`, `xor`; `rem`, what `div` leaves; the shifts `shl`, `shrS` (with the sign)
 * and `shrU` (with zeros) and the rotation `rotl`, by y modulo 32; `mulHigh`, the upper half of the
 * product of two unsigned numbers. `div` of `i32` rounds to zero; x / 0 = 0, and x rem 0 = x.
 */
export type BinaryOp =
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'min'
  | 'max'
  | 'and'
  | 'or'
  | 'xor'
  | 'rem'
  | 'shl'
  | 'shrS'
  | 'shrU'
  | 'rotl'
  | 'mulHigh'
  | 'pow'
  | 'atan2'
  | 'remainder';

/** Relations of two values of one type; the result is `i32` 0 or 1. `ltU` is of unsigned `i32`. */
export type CompareOp = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge' | 'ltU';

/** An expression without side effects. A graph, not a tree: a value used twice is computed once. */
export type Value =
  | Index
  | Local
  | { readonly kind: 'const'; readonly type: ValueType; readonly value: number }
  | { readonly kind: 'load'; readonly buffer: Buffer; readonly at: Value }
  | { readonly kind: 'unary'; readonly op: UnaryOp; readonly x: Value }
  | { readonly kind: 'binary'; readonly op: BinaryOp; readonly x: Value; readonly y: Value }
  | { readonly kind: 'compare'; readonly op: CompareOp; readonly x: Value; readonly y: Value }
  | { readonly kind: 'select'; readonly condition: Value; readonly x: Value; readonly y: Value }
  | { readonly kind: 'convert'; readonly to: ValueType; readonly x: Value };

/** The register type in which an element is computed with. */
export const registerType: { readonly [D in ElementType]: ValueType } = {
  float64: 'f64',
  float32: 'f32',
  int32: 'i32',
  uint8: 'i32',
  bool: 'i32',
};

/** Bytes of one element. */
export const bytesOf: { readonly [D in ElementType]: number } = {
  float64: 8,
  float32: 4,
  int32: 4,
  uint8: 1,
  bool: 1,
};

/** The type of a value. */
export function typeOf(x: Value): ValueType {
  let y = x;
  while (y.kind === 'unary' || y.kind === 'binary' || y.kind === 'select') y = y.x;
  switch (y.kind) {
    case 'index':
    case 'compare':
      return 'i32';
    case 'local':
    case 'const':
      return y.type;
    case 'load':
      return registerType[y.buffer.dtype];
    case 'convert':
      return y.to;
    default:
      return y satisfies never;
  }
}

export function buffer(name: string, dtype: ElementType): Buffer {
  return { kind: 'buffer', name, dtype };
}

export function index(name: string): Index {
  return { kind: 'index', name };
}

export function local(name: string, type: ValueType): Local {
  return { kind: 'local', name, type };
}

export function constantOf(type: ValueType, value: number): Value {
  return { kind: 'const', type, value };
}

export function i32(value: number): Value {
  return constantOf('i32', value);
}

export function load(from: Buffer, at: Value): Value {
  return { kind: 'load', buffer: from, at };
}

export function unary(op: UnaryOp, x: Value): Value {
  return { kind: 'unary', op, x };
}

export function binary(op: BinaryOp, x: Value, y: Value): Value {
  return { kind: 'binary', op, x, y };
}

export function compare(op: CompareOp, x: Value, y: Value): Value {
  return { kind: 'compare', op, x, y };
}

export function select(condition: Value, x: Value, y: Value): Value {
  return { kind: 'select', condition, x, y };
}

/** `x` in another type; the same value if it has it. To `i32`: truncated, saturating, NaN to 0. */
export function convert(to: ValueType, x: Value): Value {
  return typeOf(x) === to ? x : { kind: 'convert', to, x };
}

/** Σ scaleₖ · indexₖ + offset, in the form that emitters recognise as affine. */
export function affine(terms: readonly (readonly [Index, number])[], offset = 0): Value {
  const parts = terms
    .filter(([, scale]) => scale !== 0)
    .map(([k, scale]): Value => (scale === 1 ? k : binary('mul', k, i32(scale))));
  if (offset !== 0 || parts.length === 0) parts.push(i32(offset));
  return parts.reduce((sum, part) => binary('add', sum, part));
}

/** How much `x` changes when `k` grows by one: a number if `x` is affine in it, else `undefined`. */
export function strideIn(x: Value, k: Index): number | undefined {
  return fold<number | undefined>(x, (y, strides) => {
    if (y === k) return 1;
    if (strides.every((stride) => stride === 0)) return 0;
    const [a, b] = strides;
    if (y.kind !== 'binary' || a === undefined || b === undefined) return undefined;
    if (y.op === 'add') return a + b;
    if (y.op === 'sub') return a - b;
    if (y.op !== 'mul') return undefined;
    if (b === 0 && y.y.kind === 'const') return a * y.y.value;
    return a === 0 && y.x.kind === 'const' ? b * y.x.value : undefined;
  });
}

/** Whether `x` contains `k`, also inside the address of a load. */
export function dependsOn(x: Value, k: Index | Local): boolean {
  const seen = new Set<Value>();
  const stack = [x];
  for (let y = stack.pop(); y !== undefined; y = stack.pop()) {
    if (y === k) return true;
    if (seen.has(y)) continue;
    seen.add(y);
    stack.push(...operandsOf(y));
  }
  return false;
}

/**
 * A result for `x` from those of its operands, each value once, however it is shared and however deep.
 *
 * @param known - results found before; those found now are added.
 */
export function fold<T>(
  x: Value,
  step: (y: Value, operands: readonly T[]) => T,
  known: Map<Value, T> = new Map(),
): T {
  const stack: Value[] = [x];
  for (let y = stack.at(-1); y !== undefined; y = stack.at(-1)) {
    const operands = operandsOf(y);
    const before = stack.length;
    for (let k = 0; k < operands.length; k++)
      if (!known.has(operands[k]!)) stack.push(operands[k]!);
    if (stack.length > before) continue;
    stack.pop();
    if (known.has(y)) continue;
    const results: T[] = [];
    for (let k = 0; k < operands.length; k++) results.push(known.get(operands[k]!)!); // none is waiting
    known.set(y, step(y, results));
  }
  return known.get(x)!; // found last
}

const none: readonly Value[] = [];

/** The values that a value is computed from. */
export function operandsOf(x: Value): readonly Value[] {
  switch (x.kind) {
    case 'index':
    case 'local':
    case 'const':
      return none;
    case 'load':
      return [x.at];
    case 'unary':
    case 'convert':
      return [x.x];
    case 'binary':
    case 'compare':
      return [x.x, x.y];
    case 'select':
      return [x.condition, x.x, x.y];
    default:
      return x satisfies never;
  }
}
