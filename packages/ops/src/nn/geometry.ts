import { ShapeError, ValueError, formatShape } from '@cotangent/tensor';

/** How wide the borders of zeros are, per spatial axis, negative where entries are cut off; or a rule for them. */
export type Padding = 'valid' | 'same' | readonly (readonly [number, number])[];

/** Attributes of a convolution; every list has one entry for each spatial axis. */
export type ConvAttrs = {
  readonly strides: readonly number[];
  readonly padding: Padding;
  readonly inputDilation: readonly number[];
  readonly kernelDilation: readonly number[];
  readonly groups: number;
  readonly flipKernel: boolean;
  /** Leading axes that input and kernel have in common: a convolution for each place along them. */
  readonly stacked: number;
};

/** One spatial axis: output m reads input position m · stride + k · kernelDilation − low, dilated, with kernel entry k. */
export interface Axis {
  /** Entries of the input, of the kernel, of the output. */
  readonly input: number;
  readonly kernel: number;
  readonly output: number;
  readonly stride: number;
  readonly inputDilation: number;
  readonly kernelDilation: number;
  /** Zeros before the first entry; negative: entries cut off. */
  readonly low: number;
}

/** Entries that an axis has with `dilation` − 1 zeros between any two. */
export function dilated(size: number, dilation: number): number {
  return size === 0 ? 0 : (size - 1) * dilation + 1;
}

/** How many positions a window of `window` entries has on `size` entries, in steps of `stride`. */
export function positions(size: number, window: number, stride: number): number {
  return size < window ? 0 : Math.floor((size - window) / stride) + 1;
}

/** The geometry of one axis, from the sizes of input and kernel. */
export function axisOf(attrs: ConvAttrs, k: number, input: number, kernel: number): Axis {
  const [stride, inputDilation, kernelDilation] = [
    attrs.strides[k]!,
    attrs.inputDilation[k]!,
    attrs.kernelDilation[k]!,
  ];
  const [size, window] = [dilated(input, inputDilation), dilated(kernel, kernelDilation)];
  const [low, high] = paddingOf(attrs.padding, k, size, window, stride);
  const output = positions(size + low + high, window, stride);
  return { input, kernel, output, stride, inputDilation, kernelDilation, low };
}

function paddingOf(
  padding: Padding,
  k: number,
  size: number,
  window: number,
  stride: number,
): readonly [number, number] {
  if (padding === 'valid') return [0, 0];
  return padding === 'same' ? samePadding(size, window, stride) : padding[k]!;
}

/** For as many positions as ⌈size / stride⌉, the larger half of the border behind. */
export function samePadding(
  size: number,
  window: number,
  stride: number,
): readonly [low: number, high: number] {
  const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + window - size);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

/** One number for every axis, or a list of them, as a list of whole numbers ≥ `least`. */
export function perAxis(
  value: number | readonly number[] | undefined,
  axes: number,
  name: string,
  op: string,
): readonly number[] {
  const list = Array.isArray(value) ? value : Array.from({ length: axes }, () => value ?? 1);
  if (list.length === axes && list.every((n) => Number.isInteger(n) && n >= 1)) return list;
  throw new ValueError(`${op}: ${name} is ${JSON.stringify(value)} for ${axes} spatial axes`, {
    code: 'OP_WINDOW',
    hint: `${name} is a whole number ≥ 1, or a list of them, one for each spatial axis`,
    data: { op, name, value, axes },
  });
}

/** A padding, checked. */
export function checkedPadding(padding: Padding, axes: number, op: string): Padding {
  if (padding === 'valid' || padding === 'same') return padding;
  const isPairs =
    Array.isArray(padding) &&
    padding.length === axes &&
    padding.every(
      (pair) => Array.isArray(pair) && pair.length === 2 && pair.every(Number.isInteger),
    );
  if (isPairs) return padding.map(([low, high]) => [low, high]);
  throw new ValueError(`${op}: padding is ${JSON.stringify(padding)} for ${axes} spatial axes`, {
    code: 'OP_PADDING',
    hint: "padding is 'valid', 'same', or a list with a pair [before, after] for each spatial axis",
    data: { op, padding, axes },
  });
}

/** Input and kernel do not fit together. */
export function misfit(
  op: string,
  x: readonly (number | null)[],
  w: readonly (number | null)[],
  hint: string,
): ShapeError {
  const [input, kernel] = [x, w].map((shape) =>
    formatShape(shape.map((n) => n ?? -1)).replaceAll('-1', '?'),
  );
  return new ShapeError(`${op}: input ${input} and kernel ${kernel} do not fit`, {
    code: 'OP_CONV_SHAPES',
    hint,
    data: { op, shapes: [x, w] },
  });
}
