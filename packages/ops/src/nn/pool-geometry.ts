import { ShapeError, ValueError } from '@cotangent/tensor';
import { formatShape } from '@cotangent/graph';
import type { Shape } from '@cotangent/graph';
import type { PoolAxis } from '../kernels/pool.ts';
import { checkedPadding, perAxis, samePadding } from './geometry.ts';
import type { Padding } from './geometry.ts';

/** Windows on the last axes; every list has one entry for each of them. */
export type PoolAttrs = {
  readonly window: readonly number[];
  readonly strides: readonly number[];
  readonly padding: Padding;
  readonly ignoreBorder: boolean;
};

/** Options of the pooling functions. */
export interface PoolOptions {
  /** Length of the window along each of the last axes. */
  readonly window: readonly number[];
  /** Steps of the window; a number stands for that number on every axis. Default: the window, so that none overlap. */
  readonly strides?: number | readonly number[] | undefined;
  /** Places before and behind the entries: `'valid'` (default) none, `'same'` for ⌈n / stride⌉ windows, or pairs. */
  readonly padding?: Padding | undefined;
  /** Leave out a window that is only partly there at the end. Default true. */
  readonly ignoreBorder?: boolean | undefined;
}

/** Attributes from options, checked. */
export function attrsOf(options: PoolOptions, op: string): PoolAttrs {
  const { window, strides, padding = 'valid', ignoreBorder = true } = options;
  const axes = Array.isArray(window) ? window.length : 1;
  const sizes = perAxis(window, axes, 'window', op);
  const borders = checkedPadding(padding, axes, op);
  if (typeof borders !== 'string' && borders.some((pair) => pair.some((n) => n < 0))) {
    throw new ValueError(`${op}: padding is ${JSON.stringify(padding)}`, {
      code: 'OP_PADDING',
      hint: 'padding of windows is 0 or more; slice cuts entries off',
      data: { op, padding },
    });
  }
  return {
    window: sizes,
    strides: strides === undefined ? sizes : perAxis(strides, axes, 'strides', op),
    padding: borders,
    ignoreBorder,
  };
}

/** The shape of the result; throws if there are more windows than axes. */
export function poolShape(x: Shape, attrs: PoolAttrs, op: string): Shape {
  const first = x.length - attrs.window.length;
  if (first < 0) {
    throw new ShapeError(`${op}: ${attrs.window.length} windows for ${formatShape(x)}`, {
      code: 'OP_POOL_RANK',
      hint: 'a window has one length for each of the last axes',
      data: { op, shape: x, window: attrs.window },
    });
  }
  return x.map((n, axis) =>
    axis < first || n === null ? n : axisOf(attrs, axis - first, n).output,
  );
}

/** The geometry of every axis with a window. */
export function axesOf(x: readonly number[], attrs: PoolAttrs): readonly PoolAxis[] {
  return attrs.window.map((_, k) => axisOf(attrs, k, x[x.length - attrs.window.length + k]!));
}

function axisOf(
  { window, strides, padding, ignoreBorder }: PoolAttrs,
  k: number,
  input: number,
): PoolAxis {
  const [length, stride] = [window[k]!, strides[k]!];
  const [low, high] =
    padding === 'valid'
      ? [0, 0]
      : padding === 'same'
        ? samePadding(input, length, stride)
        : padding[k]!;
  const size = input + low + high;
  const whole = size < length ? 0 : Math.floor((size - length) / stride) + 1;
  // With partial windows, as many as it takes to reach the end, but none that begins behind it.
  const partial = Math.ceil(Math.max(0, size - length) / stride) + 1;
  const output = ignoreBorder ? whole : Math.min(partial, Math.ceil(size / stride));
  return { input, output, window: length, stride, low, high };
}
