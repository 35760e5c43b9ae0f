import {
  broadcastShapes,
  denseData,
  denseTensor,
  sizeOf,
  tensorFrom,
  views,
} from '@cotangent/tensor';
import type { FloatDType, Tensor } from '@cotangent/tensor';

/** Matrices one after the other in float64, each row-major: storage of its own, free to be overwritten. */
export interface Stack {
  readonly data: Float64Array;
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
}

/** A copy of the matrices on the last two axes of `x`. */
export function stackOf(x: Tensor): Stack {
  const [rows, columns] = [x.shape.at(-2)!, x.shape.at(-1)!];
  const count = sizeOf(x.shape.slice(0, -2));
  return { data: new Float64Array(denseData(x)), count, rows, columns };
}

/** Room for `count` matrices of zeros. */
export function emptyStack(count: number, rows: number, columns: number): Stack {
  return { data: new Float64Array(count * rows * columns), count, rows, columns };
}

/** The leading axes that two stacks have together, and for each matrix there the one of either stack to take. */
export interface Pairing {
  readonly batch: readonly number[];
  readonly left: Int32Array;
  readonly right: Int32Array;
}

/** Broadcasts the leading axes of two tensors. @throws ShapeError `SHAPE_BROADCAST_MISMATCH` if they do not fit. */
export function pairingOf(a: Tensor, b: Tensor): Pairing {
  const [own, other] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const batch = broadcastShapes([own, other]);
  return { batch, left: placesIn(own, batch), right: placesIn(other, batch) };
}

function placesIn(own: readonly number[], batch: readonly number[]): Int32Array {
  const numbers = Int32Array.from({ length: sizeOf(own) }, (_, k) => k);
  const places = views.broadcastTo(tensorFrom(numbers, { shape: own }), batch);
  return Int32Array.from(denseData(places));
}

/** Results computed in float64 as a tensor, rounded once if it is of float32. */
export function tensorOf(data: Float64Array, shape: readonly number[], dtype: FloatDType): Tensor {
  return dtype === 'float64'
    ? denseTensor(data, shape, 'float64')
    : denseTensor(new Float32Array(data), shape, 'float32');
}
