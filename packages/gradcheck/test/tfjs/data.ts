import type { TensorLike } from '@cotangent/tensor';

/** Numbers of both signs away from kinks of the functions they are used for. */
export const x23: TensorLike = [
  [1.3, -0.7, 2.1],
  [-1.9, 0.4, -2.6],
];
export const y23: TensorLike = [
  [0.6, 1.7, -1.1],
  [0.9, -1.4, 2.2],
];
export const positive: TensorLike = [
  [1.3, 0.7, 2.1],
  [1.9, 0.4, 2.6],
];
export const inside: TensorLike = [
  [0.3, -0.7, 0.1],
  [-0.9, 0.45, -0.6],
];
export const x32: TensorLike = [
  [1.1, -0.4],
  [0.7, 2.3],
  [-1.6, 0.9],
];
export const row: TensorLike = [0.8, -1.2, 2.5];
export const column: TensorLike = [[1.4], [-0.6]];

/** A batch of one image, all elements a quarter apart or more, so that no step reaches another maximum. */
export function image(height: number, width: number, channels: number): TensorLike {
  const size = height * width * channels;
  let k = 0;
  const element = (): number => (((7 * ++k) % size) - size / 2 + 0.3) / 4;
  const list = <T>(n: number, item: () => T): T[] => Array.from({ length: n }, item);
  return [list(height, () => list(width, () => list(channels, element)))];
}

/** Weights of a convolution: rows, columns, and two more axes. */
export function filter(
  height: number,
  width: number,
  channels: number,
  outputs: number,
): TensorLike {
  const base = [0.7, -1.3, 0.4, 1.1, -0.5];
  let k = 0;
  const element = (): number => base[(3 * k + 1) % 5]! * (1 + k++ / 20);
  const list = <T>(n: number, item: () => T): T[] => Array.from({ length: n }, item);
  return list(height, () => list(width, () => list(channels, () => list(outputs, element))));
}
