import { allocate, denseData, denseTensor, sizeOf } from '@cotangent/tensor';
import type { DType, Tensor, TypedArray } from '@cotangent/tensor';
import { shapesConflict } from '@cotangent/graph';
import type { Shape } from '@cotangent/graph';
import type { ConvGeometry } from '../kernels/conv.ts';
import { axisOf, misfit } from './geometry.ts';
import type { ConvAttrs } from './geometry.ts';

/** The shape of the result, `null` where a size is not known; throws if what is known does not fit. */
export function convShape(x: Shape, w: Shape, attrs: ConvAttrs): Shape {
  const { stacked } = attrs;
  const [leading, others] = [x.slice(0, stacked), w.slice(0, stacked)];
  if (shapesConflict(leading, others)) throw misfit('conv', x, w, 'they are stacked differently');
  const [input, kernel] = [x.slice(stacked), w.slice(stacked)];
  checkFit(input, kernel, attrs);
  const spatial = attrs.strides.map((_, k) => {
    const [n, size] = [input[k + 2] ?? null, kernel[k + 2] ?? null];
    return n === null || size === null ? null : axisOf(attrs, k, n, size).output;
  });
  const joint = leading.map((n, axis) => n ?? others[axis] ?? null);
  return [...joint, input[0] ?? null, kernel[0] ?? null, ...spatial];
}

function checkFit(x: Shape, w: Shape, { strides, groups }: ConvAttrs): void {
  const rank = strides.length + 2;
  if (x.length !== w.length || x.length !== rank || rank < 3 || rank > 5) {
    throw misfit('conv', x, w, 'both have rank 3 to 5: batch, channels, 1 to 3 spatial axes');
  }
  const [channels, filters, inGroup] = [x[1] ?? null, w[0] ?? null, w[1] ?? null];
  if (channels !== null && inGroup !== null && channels !== inGroup * groups) {
    const hint = `${channels} channels in ${groups} groups need kernels of ${channels / groups} channels`;
    throw misfit('conv', x, w, hint);
  }
  if (filters !== null && filters % groups !== 0) {
    throw misfit('conv', x, w, `${filters} filters do not divide into ${groups} groups`);
  }
}

/** Every size of a convolution of tensors of these shapes: of one, if they are stacked. */
export function geometryOf(
  x: readonly number[],
  w: readonly number[],
  attrs: ConvAttrs,
): ConvGeometry {
  const [input, kernel] = [x.slice(attrs.stacked), w.slice(attrs.stacked)];
  return {
    batch: input[0]!,
    groups: attrs.groups,
    channels: kernel[1]!,
    filters: kernel[0]! / attrs.groups,
    axes: attrs.strides.map((_, k) => axisOf(attrs, k, input[k + 2]!, kernel[k + 2]!)),
    flipKernel: attrs.flipKernel,
  };
}

/** The same, with the result checked as well. */
export function fitting(
  x: readonly number[],
  w: readonly number[],
  y: readonly number[],
  attrs: ConvAttrs,
  op: string,
): ConvGeometry {
  const expected = convShape(x, w, attrs);
  if (expected.every((n, axis) => n === y[axis])) return geometryOf(x, w, attrs);
  throw misfit(
    op,
    x,
    w,
    `their convolution has shape [${expected.join(',')}], not [${y.join(',')}]`,
  );
}

/** One of the three products for each place of a stack. */
export function stack(
  product: (g: ConvGeometry, a: TypedArray, b: TypedArray) => Float64Array,
  a: Tensor,
  b: Tensor,
  g: ConvGeometry,
  shape: readonly number[],
  dtype: DType,
): Tensor {
  const count = sizeOf(shape.slice(0, shape.length - g.axes.length - 2));
  const y = allocate(dtype, sizeOf(shape));
  const parts = [denseData(a), denseData(b), y];
  const of = (k: number, place: number): TypedArray => {
    const size = parts[k]!.length / count;
    return parts[k]!.subarray(place * size, (place + 1) * size);
  };
  for (let place = 0; place < count; place++) {
    of(2, place).set(product(g, of(0, place), of(1, place)));
  }
  return denseTensor(y, shape, dtype);
}
