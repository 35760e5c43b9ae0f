import { tensorFrom, type FloatDType, type Tensor } from 'cotangent';
import { pixelCount, type ImageSet } from './mnist.ts';

/** Some images, as a model takes them. */
export interface Batch {
  /** `[n, 784]`, from 0 (paper) to 1 (ink). */
  readonly images: Tensor;
  /** `[n]`, int32. */
  readonly labels: Tensor;
  readonly count: number;
}

/**
 * Deals out a set of images in batches of `size`; the last one may be smaller.
 *
 * @param order - positions of the images in the order to deal them; default: as they are stored.
 */
export function* batches(
  set: ImageSet,
  size: number,
  dtype: FloatDType,
  order?: Int32Array,
): Generator<Batch> {
  for (let start = 0; start < set.count; start += size) {
    const count = Math.min(size, set.count - start);
    const positions = Int32Array.from({ length: count }, (_, i) => order?.[start + i] ?? start + i);
    yield {
      images: imageTensor(set, positions, dtype),
      labels: tensorFrom(positions.map((position) => set.labels[position] ?? 0)),
      count,
    };
  }
}

function imageTensor({ pixels }: ImageSet, positions: Int32Array, dtype: FloatDType): Tensor {
  const length = positions.length * pixelCount;
  const values = dtype === 'float32' ? new Float32Array(length) : new Float64Array(length);
  let next = 0;
  for (const position of positions) {
    const start = position * pixelCount;
    for (let k = start; k < start + pixelCount; k++) values[next++] = pixels[k]! / 255;
  }
  return tensorFrom(values, { shape: [positions.length, pixelCount] });
}
