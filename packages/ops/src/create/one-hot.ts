import {
  DTypeError,
  ValueError,
  isFloat,
  tensorFrom,
  unravel,
  zerosTensor,
  contiguous,
} from '@cotangent/tensor';
import type { DType, Tensor } from '@cotangent/tensor';
import { addressIn, compare, convert, elementAt, registerType, store } from '@cotangent/loops';
import type { LoweringContext, Statement } from '@cotangent/loops';
import {
  callable,
  constant,
  defineOp,
  disconnected,
  formatType,
  isVariable,
  tensorType,
} from '@cotangent/graph';
import type { Callable, OpFunction, Operand, TensorType, Variable } from '@cotangent/graph';
import { batched } from '../batch.ts';
import { refuseOutside } from '../indexing/index-lower.ts';
import { overIndices } from '../loops-over.ts';
import type { CreateOptions } from './fill.ts';

type OneHotAttrs = { readonly depth: number; readonly dtype: DType };

/** Y[…, j] = 1 where j is the index, else 0.  Nothing flows to the indices. */
const oneHotOp: OpFunction<1, 1, OneHotAttrs> = defineOp<1, 1, OneHotAttrs>(
  'oneHot',
  { inputs: 1, outputs: 1 },
  {
    infer: ([indices], attrs) => [oneHotType(indices, attrs)],
    connectionPattern: [[false]],
    pushforward: () => [disconnected],
    pullback: () => [disconnected],
    batch: ([{ value }], { attrs }) => [batched(oneHotOp(value, attrs))],
    eval: ([indices], attrs) => [oneHotTensor(indices, attrs)],
    lower: lowerOneHot,
    samples: [
      {
        inputs: [{ value: [2, 0, 1], dtype: 'int32' }],
        attrs: { depth: 3, dtype: 'float64' },
      },
      {
        name: 'rank 0',
        inputs: [{ value: 1, dtype: 'uint8' }],
        attrs: { depth: 2, dtype: 'bool' },
      },
    ],
  },
);

/**
 * For each index a vector of length `depth` with a one there and zeros elsewhere, along a new last axis.
 *
 * @param indices - whole numbers from 0 to `depth` − 1: int32 or uint8, or plain numbers.
 * @param depth - a number.
 * @throws ValueError `INDEX_OUT_OF_RANGE` at run time, with the position of the index; `OP_INVALID_SIZE` if `depth` is not
 *   a whole number ≥ 0; DTypeError `OP_DTYPE_REJECTED` for indices of another dtype.
 * @example oneHot([2, 0], 3) // [[0, 0, 1], [1, 0, 0]]
 */
export const oneHot: Callable<
  (indices: Operand, depth: number, options?: CreateOptions) => Variable
> = callable(
  oneHotOp.op,
  (indices: Operand, depth: number, options: CreateOptions = {}): Variable => {
    const variable = isVariable(indices) ? indices : wholeNumbers(indices);
    return oneHotOp(variable, { depth, dtype: options.dtype ?? 'float64' });
  },
);

/** Plain numbers are taken as int32; tensors keep their dtype. */
function wholeNumbers(indices: Exclude<Operand, Variable>): Variable {
  const isPlain = typeof indices === 'number' || Array.isArray(indices);
  return constant(isPlain ? tensorFrom(indices, { dtype: 'int32' }) : indices);
}

function oneHotType(indices: TensorType, { depth, dtype }: OneHotAttrs): TensorType {
  if (isFloat(indices.dtype) || indices.dtype === 'bool') {
    throw new DTypeError(`oneHot: the indices are ${formatType(indices)}`, {
      code: 'OP_DTYPE_REJECTED',
      hint: "cast them to 'int32' first",
      data: { op: 'oneHot', type: indices },
    });
  }
  if (!(Number.isInteger(depth) && depth >= 0)) {
    throw new ValueError(`oneHot: depth ${String(depth)} is not valid`, {
      code: 'OP_INVALID_SIZE',
      hint: 'the depth is a whole number ≥ 0',
      data: { op: 'oneHot', depth },
    });
  }
  return tensorType(dtype, [...indices.shape, depth]);
}

function oneHotTensor(indices: Tensor, { depth, dtype }: OneHotAttrs): Tensor {
  const y = zerosTensor([...indices.shape, depth], dtype);
  const { data, offset, size, shape } = contiguous(indices);
  for (let i = 0; i < size; i++) {
    const index = data[offset + i]!;
    if (!(index >= 0 && index < depth)) throw outOfRange(index, depth, unravel(i, shape));
    y.data[i * depth + index] = 1;
  }
  return y;
}

function lowerOneHot({
  inputs: [indices],
  outputs: [y],
  attrs: { depth },
}: LoweringContext<OneHotAttrs>): readonly Statement[] {
  const type = registerType[y!.buffer.dtype];
  const loops = overIndices(y!.shape, (point) => {
    const isThere = compare('eq', elementAt(indices!, point.slice(0, -1)), point.at(-1)!);
    return [store(y!.buffer, addressIn(y!, point), convert(type, isThere))];
  });
  return [...refuseOutside(indices!, depth, 0, 0), ...loops];
}

function outOfRange(index: number, depth: number, position: readonly number[]): ValueError {
  return new ValueError(`oneHot: index ${index} at [${position.join(',')}] for depth ${depth}`, {
    code: 'INDEX_OUT_OF_RANGE',
    hint: `indices go from 0 to ${depth - 1}`,
    data: { op: 'oneHot', index, depth, position },
  });
}
