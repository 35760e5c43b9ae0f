import { ArgumentTypeError, DTypeError, ShapeError, copy, isContiguous } from '@cotangent/tensor';
import { assign, isTensor } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import { formatShape, sameShape } from '@cotangent/graph';
import type { Variable } from '@cotangent/graph';
import { describeValue } from './errors.ts';

/** Storage by identity: two tensors can share elements only if they have the same buffer. */
export type Buffers = Set<ArrayBufferLike>;

/** The buffers of some tensors. */
export function buffersOf(tensors: readonly Tensor[]): Buffers {
  return new Set(tensors.map((x) => x.data.buffer));
}

/**
 * A tensor with the values of `value` and storage that nothing else has, dense and row-major: `value`
 * itself if it is that already. Its buffer is added to those taken.
 */
export function own(value: Tensor, taken: Buffers): Tensor {
  const { data, offset, size } = value;
  const isWhole =
    offset === 0 && data.length === size && data.buffer.byteLength === data.byteLength;
  const isOwn = isWhole && !taken.has(data.buffer) && isContiguous(value);
  const result = isOwn ? value : copy(value);
  taken.add(result.data.buffer);
  return result;
}

/**
 * Checks the tensors that `callInto` is to write to, before anything is computed.
 *
 * @throws ArgumentTypeError `COMPILE_OUT_COUNT`, `COMPILE_OUT_TYPE`; DTypeError `COMPILE_OUT_DTYPE`;
 *   ShapeError `COMPILE_OUT_BROADCAST`.
 */
export function checkTargets(
  name: string,
  outs: readonly unknown[],
  outputs: readonly Variable[],
): readonly Tensor[] {
  if (outs.length !== outputs.length || new Set(outs).size !== outs.length) {
    throw new ArgumentTypeError(
      `${name}: callInto got ${new Set(outs).size} tensors for ${outputs.length} outputs`,
      { code: 'COMPILE_OUT_COUNT', hint: 'give one tensor for each output, no one twice' },
    );
  }
  return outs.map((out, i) => checkTarget(out, outputs[i]!, `${name}: target ${i}`));
}

function checkTarget(out: unknown, output: Variable, label: string): Tensor {
  if (!isTensor(out)) {
    throw new ArgumentTypeError(`${label} is ${describeValue(out)}, not a tensor`, {
      code: 'COMPILE_OUT_TYPE',
      hint: 'make it with zerosTensor(shape, dtype), or with tensorFrom over a typed array or ndarray',
    });
  }
  if (out.dtype !== output.dtype) {
    throw new DTypeError(`${label} has dtype ${out.dtype}, the output ${output.dtype}`, {
      code: 'COMPILE_OUT_DTYPE',
      hint: 'results are not converted when they are written',
      data: { dtype: out.dtype, expected: output.dtype },
    });
  }
  if (out.size > 0 && out.shape.some((n, axis) => n > 1 && out.stride[axis] === 0)) {
    throw new ShapeError(`${label} is a broadcast view, whose elements are one`, {
      code: 'COMPILE_OUT_BROADCAST',
      hint: 'write into a tensor with an element for each index',
      data: { shape: out.shape, stride: out.stride },
    });
  }
  return out;
}

/**
 * Checks the shapes of targets against values.
 *
 * @throws ShapeError `COMPILE_OUT_SHAPE`.
 */
export function checkTargetShapes(
  name: string,
  outs: readonly Tensor[],
  values: readonly Tensor[],
): void {
  outs.forEach((out, i) => {
    const { shape } = values[i]!;
    if (sameShape(out.shape, shape)) return;
    throw new ShapeError(
      `${name}: target ${i} has shape ${formatShape(out.shape)}, the result ${formatShape(shape)}`,
      {
        code: 'COMPILE_OUT_SHAPE',
        hint: 'the shapes must be equal; results are not broadcast when they are written',
        data: { shape: out.shape, expected: shape },
      },
    );
  });
}

/** Stores values in targets of the same shapes, right also where they share storage. */
export function writeAll(outs: readonly Tensor[], values: readonly Tensor[]): void {
  // A value that is a view of another value's target must be read before that one is written.
  const safe = values.map((value, i) => {
    const isShared = outs.some((out, j) => j !== i && out.data.buffer === value.data.buffer);
    return isShared ? copy(value) : value;
  });
  outs.forEach((out, i) => assign(out, safe[i]!));
}
