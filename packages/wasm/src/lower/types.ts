import { binary, constantOf, convert, isNonzero, local, registerType } from '@cotangent/loops';
import type { Value, ValueType } from '@cotangent/loops';
import { contiguous, isFloat, resultType, strongDType } from '@cotangent/tensor';
import type { DType, Tensor } from '@cotangent/tensor';
import { isKnownShape, promotableOf } from '@cotangent/graph';
import type { Apply, Variable } from '@cotangent/graph';

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

/** The expression of one element of an elementwise node; `undefined` if its op must run its own `eval`. */
export function elementOf(node: Apply, y: Variable): ((xs: readonly Value[]) => Value) | undefined {
  const { name, elementwise } = node.op;
  if (name === 'cast') return castOf(node.inputs[0]!.dtype, y.dtype);
  if (name === 'second') return ([, v]) => v!;
  const lowering = elementwise?.lower;
  if (lowering === undefined) return undefined;
  const type = computeType(node, y);
  const lower = (xs: readonly Value[]): Value | undefined => {
    const converted = xs.map((x, i) =>
      elementwise?.promotes?.[i] === false ? x : convert(type, x),
    );
    return lowering(converted, type, node.attrs);
  };
  const probe = node.inputs.map((x) => local('probe', registerType[x.dtype]));
  if (lower(probe) === undefined) return undefined;
  return (xs) => wrapped(lower(xs)!, y.dtype);
}

/** Casts to floats and to bool; from floats to integers the op's own wrapping is kept. */
function castOf(from: DType, to: DType): ((xs: readonly Value[]) => Value) | undefined {
  if (to === 'bool') return ([x]) => isNonzero(x!);
  if (isFloat(from) && !isFloat(to)) return undefined;
  return ([x]) => wrapped(convert(registerType[to], x!), to);
}

/** A register value as a buffer of that dtype would hold it. */
function wrapped(x: Value, dtype: DType): Value {
  if (dtype === 'uint8') return binary('and', x, constantOf('i32', 255));
  if (dtype === 'bool') return isNonzero(x);
  return convert(registerType[dtype], x);
}

/** The value of all elements, if it is one. */
export function commonElement(x: Tensor): number | undefined {
  const { data, offset, size } = contiguous(x);
  const first = data[offset];
  for (let k = 1; k < size; k++) if (!Object.is(data[offset + k], first)) return undefined;
  return size > 0 ? first : undefined;
}
