import {
  binary,
  compare,
  constantOf,
  convert,
  isNonzero,
  local,
  registerType,
  select,
  unary,
} from '@cotangent/loops';
import type { Value, ValueType } from '@cotangent/loops';
import { isFloat, resultType, strongDType } from '@cotangent/tensor';
import type { DType } from '@cotangent/tensor';
import { isKnownShape, promotableOf } from '@cotangent/graph';
import type { Apply, Op, Variable } from '@cotangent/graph';

/** The static shape, which specialisation has made known. */
export function knownShape(x: Variable): readonly number[] {
  if (isKnownShape(x.shape)) return x.shape;
  throw new Error(`wasm: the shape of ${x.toString()} is not known after specialisation`);
}

/** The type in which a node is computed: that of its result, or of its inputs if the result is discrete. */
function computeType(node: Apply, y: Variable): ValueType {
  if (isFloat(y.dtype)) return registerType[y.dtype];
  const promotes = node.op.elementwise?.promotes;
  const inputs = node.inputs.filter((_, i) => promotes?.[i] !== false);
  const common = resultType(inputs.map((x) => promotableOf(x.type)));
  return registerType[strongDType(common)];
}

/** Expressions of elements of elementwise nodes. What an op without attributes can say is found out once. */
export class Elements {
  readonly #lowered = new Map<Op, Map<ValueType, boolean>>();

  /** The expression of one element of a node; `undefined` if its op must run its own `eval`. */
  of(node: Apply, y: Variable): ((xs: readonly Value[]) => Value) | undefined {
    const { name, elementwise } = node.op;
    if (name === 'cast') return castOf(node.inputs[0]!.dtype, y.dtype);
    if (name === 'second') return ([, v]) => v!;
    const lowering = elementwise?.lower;
    if (lowering === undefined) return undefined;
    const type = computeType(node, y);
    const { attrs } = node;
    const isUniform = isFloat(y.dtype) && node.inputs.every((x) => registerType[x.dtype] === type);
    const lower = (xs: readonly Value[]): Value | undefined => {
      if (isUniform) return lowering(xs, type, attrs);
      const converted = xs.map((x, i) =>
        elementwise?.promotes?.[i] === false ? x : convert(type, x),
      );
      return lowering(converted, type, attrs);
    };
    if (!this.#canLower(node, type, lower)) return undefined;
    return isUniform ? (xs) => lower(xs)! : (xs) => wrapped(lower(xs)!, y.dtype);
  }

  #canLower(
    { op, inputs, attrs }: Apply,
    type: ValueType,
    lower: (xs: readonly Value[]) => Value | undefined,
  ): boolean {
    const known = this.#lowered.get(op)?.get(type);
    if (known !== undefined) return known;
    const can = lower(inputs.map((x) => local('probe', registerType[x.dtype]))) !== undefined;
    if (Object.keys(attrs).length > 0) return can;
    const types = this.#lowered.get(op) ?? new Map<ValueType, boolean>();
    this.#lowered.set(op, types.set(type, can));
    return can;
  }
}

function castOf(from: DType, to: DType): (xs: readonly Value[]) => Value {
  if (to === 'bool') return ([x]) => isNonzero(x!);
  if (isFloat(from) && !isFloat(to)) return ([x]) => wrapped(modulo32(x!), to);
  return ([x]) => wrapped(convert(registerType[to], x!), to);
}

/** A float truncated to a whole number, modulo 2³² as storage does it; 0 for NaN and ±∞. Every step is exact. */
function modulo32(x: Value): Value {
  const range = constantOf('f64', 2 ** 32);
  const whole = unary('trunc', convert('f64', x));
  const turns = unary('floor', binary('div', whole, range));
  const rest = binary('sub', whole, binary('mul', turns, range));
  const isHigh = compare('ge', rest, constantOf('f64', 2 ** 31));
  return convert('i32', select(isHigh, binary('sub', rest, range), rest));
}

/** A register value as a buffer of that dtype would hold it. */
function wrapped(x: Value, dtype: DType): Value {
  if (dtype === 'uint8') return binary('and', x, constantOf('i32', 255));
  if (dtype === 'bool') return isNonzero(x);
  return convert(registerType[dtype], x);
}
