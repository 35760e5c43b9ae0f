import { isFloat, type DType, type TypedArray } from './dtype.ts';
import { describeFloats } from './format-float.ts';
import { formatShape } from './shape.ts';
import type { Tensor } from './tensor.ts';

/** How {@link formatTensor} prints. */
export interface FormatOptions {
  /** Most digits after the decimal point, 0 to 17. Default 8. */
  readonly precision?: number | undefined;
  /** Tensors of more elements are shortened. Default 1000. */
  readonly threshold?: number | undefined;
  /** Entries kept at either end of a shortened axis. Default 3. */
  readonly edgeItems?: number | undefined;
  /** Longest line, in characters. Default 75. */
  readonly lineWidth?: number | undefined;
}

/**
 * A tensor as text, laid out as NumPy does: columns aligned, rows in nested brackets, long tensors shortened to their
 * edges. The shape is added where the elements do not show it, the dtype unless it is `float64`, `int32` or `bool`.
 *
 * @example
 * ```ts
 * import { formatTensor, tensorFrom } from '@cotangent/tensor';
 * formatTensor(tensorFrom([1, 2.5, -3])); // 'tensor([ 1. ,  2.5, -3. ])'
 * ```
 */
export function formatTensor(tensor: Tensor, options: FormatOptions = {}): string {
  const { shape, dtype, size } = tensor;
  const suffixes: string[] = [];
  if (isShortened(tensor, options) || (size === 0 && formatShape(shape) !== '[0]')) {
    suffixes.push(`shape=${formatShape(shape)}`);
  }
  if (dtype !== 'float64' && dtype !== 'int32' && dtype !== 'bool') suffixes.push(`dtype=${dtype}`);
  const body = size === 0 ? '[]' : formatBody(tensor, options);
  return withSuffix(`${prefix}${body}`, suffixes.join(', '), options.lineWidth ?? 75);
}

/** The suffix goes on a line of its own where the last line is too long for it. */
function withSuffix(text: string, suffix: string, lineWidth: number): string {
  if (suffix === '') return `${text})`;
  const lastLine = text.length - (text.lastIndexOf('\n') + 1);
  const fits = lastLine + suffix.length + 3 <= lineWidth;
  return `${text},${fits ? ' ' : `\n${' '.repeat(prefix.length)}`}${suffix})`;
}

function isShortened(tensor: Tensor, { threshold = 1000 }: FormatOptions): boolean {
  return tensor.size > threshold;
}

/** What the rows need to know. */
interface Layout {
  readonly print: (x: number) => string;
  readonly shape: readonly number[];
  readonly stride: readonly number[];
  readonly data: TypedArray;
  /** Entries kept at either end; infinite if nothing is left out. */
  readonly edge: number;
  /** Column of the last character that fits on a line. */
  readonly lineWidth: number;
}

const prefix = 'tensor(';

function formatBody(tensor: Tensor, options: FormatOptions): string {
  const { data, shape, stride, offset, dtype } = tensor;
  const { edgeItems = 3, precision = 8, lineWidth = 75 } = options;
  const edge = isShortened(tensor, options) ? Math.max(0, edgeItems) : Infinity;
  const values: number[] = [];
  collect({ data, shape, stride, edge }, 0, offset, values);
  const print = printer(values, dtype, Math.min(Math.max(0, precision), 17));
  const layout: Layout = { print, shape, stride, data, edge, lineWidth };
  return block(layout, 0, offset, prefix.length);
}

/** Indices of an axis that are printed, −1 standing for those left out. */
function visible(length: number, edge: number): readonly number[] {
  if (length <= 2 * edge) return Array.from({ length }, (_, i) => i);
  const head = Array.from({ length: edge }, (_, i) => i);
  return [...head, -1, ...head.map((i) => length - edge + i)];
}

function collect(
  from: Pick<Layout, 'data' | 'shape' | 'stride' | 'edge'>,
  axis: number,
  position: number,
  values: number[],
): void {
  if (axis === from.shape.length) {
    values.push(from.data[position]!);
    return;
  }
  for (const i of visible(from.shape[axis]!, from.edge)) {
    if (i >= 0) collect(from, axis + 1, position + i * from.stride[axis]!, values);
  }
}

/** One function for all elements, so that columns line up. */
function printer(
  values: readonly number[],
  dtype: DType,
  precision: number,
): (x: number) => string {
  const text = isFloat(dtype)
    ? describeFloats(values, dtype, precision)
    : dtype === 'bool'
      ? (x: number) => (x === 0 ? 'false' : 'true')
      : String;
  const width = values.reduce((most, x) => Math.max(most, text(x).length), 0);
  return (x) => text(x).padStart(width);
}

/** The text of a sub-tensor; its continuation lines are indented to stand below its first bracket. */
function block(layout: Layout, axis: number, position: number, indent: number): string {
  const { shape, stride } = layout;
  if (axis === shape.length) return layout.print(layout.data[position]!);
  const items = visible(shape[axis]!, layout.edge).map((i) =>
    i < 0 ? '...' : block(layout, axis + 1, position + i * stride[axis]!, indent + 1),
  );
  const deeper = shape.length - axis - 1;
  const closing = shape.length + 1; // brackets and the parenthesis that may follow the last item
  if (deeper === 0) return `[${wrapped(items, indent + 1, layout.lineWidth - closing)}]`;
  const separator = `,${'\n'.repeat(deeper)}${' '.repeat(indent + 1)}`;
  return `[${items.join(separator)}]`;
}

/** Items separated by commas, broken into lines of at most `lineWidth` without what follows the last item. */
function wrapped(items: readonly string[], indent: number, lineWidth: number): string {
  const lines: string[] = [];
  let line = '';
  for (const item of items) {
    const longer = line === '' ? item : `${line}, ${item}`;
    if (line !== '' && indent + longer.length > lineWidth) {
      lines.push(`${line},`);
      line = item;
    } else {
      line = longer;
    }
  }
  return [...lines, line].join(`\n${' '.repeat(indent)}`);
}
