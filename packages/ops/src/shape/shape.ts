import { tensorFrom } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import {
  Constant,
  ValueError,
  constant,
  defineOp,
  disconnected,
  isKnownShape,
  isVariable,
  zero,
} from '@cotangent/graph';
import type { OpFunction, Shape, TensorType, Variable } from '@cotangent/graph';
import { unbatched } from '../batch.ts';
import { shapeAt } from './size.ts';

/**
 * The run-time shape of `x`: a weak int32 vector, one entry per axis. No element of it depends on the
 * elements of `x`, so nothing flows back.
 *
 * @example mul(2, shape(x))
 */
export const shape: OpFunction<1, 1> = defineOp<1, 1>(
  'shape',
  { inputs: 1, outputs: 1 },
  {
    infer: ([x]) => [vectorType(x.shape.length)],
    connectionPattern: [[false]],
    pushforward: () => [disconnected],
    pullback: () => [disconnected],
    batch: ([{ value }]) => [unbatched(elementShape(value))],
    eval: ([x]) => [tensorFrom(Int32Array.from(x.shape))],
    samples: [{ inputs: [[[1, 2, 3]]] }, { name: 'rank 0', inputs: [1] }],
  },
);

/** y = [x₀, x₁, …] as a weak int32 vector of dimensions, from scalars and vectors of them. */
export const dimensions: OpFunction<number, 1> = defineOp<number, 1>(
  'dimensions',
  { inputs: 'variadic', outputs: 1 },
  {
    infer: (types) => [vectorType(joinedLength(types))],
    pushforward: () => [zero], // a step function, like any cast to integers
    pullback: (_, { inputs }) => inputs.map(() => zero),
    eval: (xs) => [tensorFrom(Int32Array.from(xs.flatMap(sizesIn)))],
    samples: [
      {
        inputs: [
          { value: 2, dtype: 'int32' },
          { value: 3, dtype: 'int32' },
        ],
      },
      {
        name: 'with a vector',
        inputs: [
          { value: 2, dtype: 'int32' },
          { value: [3, 4], dtype: 'int32' },
        ],
      },
    ],
  },
);

/** A shape as ops take it: numbers, scalars of the graph, or one vector of the graph. */
export type ShapeOperand = readonly (number | Variable)[] | Variable;

/**
 * The int32 vector that a shape operand stands for: a constant where every size is known.
 *
 * @param sizes - numbers, integer scalars of the graph, or one int32 vector of the graph, which is returned as it is.
 * @param op - the caller's name, for errors.
 * @throws ValueError `OP_INVALID_SIZE` if a size is not a whole number ≥ `least`, or a variable that is not a scalar.
 * @example asShapeVector([2, shapeAt(x, 0)], 'myOp') // [2, n]
 */
export function asShapeVector(sizes: ShapeOperand, op: string, least = 0): Variable {
  if (isVariable(sizes)) return sizes;
  const known = sizes.map(knownSize);
  known.forEach((size, axis) => {
    if (isVariable(size) ? size.rank === 0 : Number.isInteger(size) && size >= least) return;
    throw new ValueError(`${op}: size ${String(size)} of axis ${axis} is not valid`, {
      code: 'OP_INVALID_SIZE',
      hint: `a size is a whole number ≥ ${least}`,
      data: { op, axis, size },
    });
  });
  return joinedSizes(known);
}

/** A number where the size is one or a constant. */
function knownSize(size: number | Variable): number | Variable {
  const isKnown = isVariable(size) && size.kind === 'constant' && size.rank === 0;
  return isKnown ? size.value.item() : size;
}

/**
 * The shape vector of `x` (int32): a constant when its static shape is known. Rules use it where an op takes a shape.
 *
 * @example reshape(yBar, shapeVectorOf(x)) // in a pullback: the shape x had
 */
export function shapeVectorOf(x: Variable): Variable {
  return isKnownShape(x.shape) ? constant(Int32Array.from(x.shape)) : shape(x);
}

/** `parts`, each a size or a vector of sizes, one after the other as one vector; a constant if all are. */
export function joinedSizes(parts: readonly (number | Variable)[]): Variable {
  const flat = parts.flatMap((part) => (typeof part === 'number' ? [part] : sizeParts(part)));
  return flat.every((part) => typeof part === 'number')
    ? constant(Int32Array.from(flat))
    : dimensions(flat);
}

/** The shape of a batch whose elements have the sizes given; `batch` has the batch in front. */
export function batchSizes(batch: Variable, sizes: Variable): Variable {
  return joinedSizes([shapeAt(batch, 0), sizes]);
}

/** What a vector of sizes is joined from: numbers where they are known, else variables. */
export function sizeParts(sizes: Variable): readonly (number | Variable)[] {
  if (sizes.kind === 'constant') return sizesIn(sizes.value);
  const isJoined = sizes.kind === 'result' && sizes.owner.op === dimensions.op;
  return isJoined ? sizes.owner.inputs.map(knownSize) : [sizes];
}

/** The sizes that the value of a shape operand holds. */
export function sizesIn(value: Tensor): readonly number[] {
  if (value.shape.length === 0) return [value.item()];
  return Array.from({ length: value.shape[0] ?? 0 }, (_, axis) => value.get(axis));
}

/** The shape of the elements of a batch: weak, as that of one element is. */
function elementShape(batch: Variable): Variable {
  const sizes = batch.shape.slice(1);
  if (!isKnownShape(sizes)) return dimensions(sizes.map((_, k) => shapeAt(batch, k + 1)));
  return new Constant(vectorType(sizes.length), tensorFrom(Int32Array.from(sizes)));
}

function vectorType(length: number | null): TensorType {
  return { kind: 'tensor', dtype: 'int32', shape: [length], weak: true };
}

function joinedLength(types: readonly TensorType[]): number | null {
  return types.reduce<number | null>((total, { shape: [length = 1] }) => {
    return total === null || length === null ? null : total + length;
  }, 0);
}

/** The static shape that a shape vector describes, `null` where it is known only at run time. */
export function staticSizes(vector: Variable, op: string): Shape {
  return sizeParts(vector).flatMap((part): Shape => {
    if (typeof part === 'number') return [part];
    return part.rank === 0 && part !== vector ? [null] : sizesOfVector(part, op);
  });
}

function sizesOfVector(vector: Variable, op: string): Shape {
  if (vector.kind === 'constant') return sizesIn(vector.value);
  const owner = shapeOwner(vector);
  if (owner !== undefined) return owner.shape;
  const rank = vector.shape[0];
  if (vector.rank === 1 && typeof rank === 'number')
    return Array.from({ length: rank }, () => null);
  throw new ValueError(`${op}: the rank of the result is not known: ${vector.toString()}`, {
    code: 'OP_UNKNOWN_RANK',
    hint: 'give the shape as a vector of known length, or as an array of sizes',
    data: { op },
  });
}

/** The variable whose shape `vector` is, if it is the shape of one. */
export function shapeOwner(vector: Variable): Variable | undefined {
  return vector.kind === 'result' && vector.owner.op === shape.op
    ? vector.owner.inputs[0]
    : undefined;
}
