import type { Axis } from '../nn/geometry.ts';

/** A convolution with every size known: x [batch, groups · channels, …] and w [groups · filters, channels, …]. */
export interface ConvGeometry {
  readonly batch: number;
  readonly groups: number;
  /** Channels of the input in one group, and filters in one group. */
  readonly channels: number;
  readonly filters: number;
  readonly axes: readonly Axis[];
  readonly flipKernel: boolean;
}

/** The pairs (output, input) that one kernel entry joins along an axis. */
interface Taps {
  readonly kernel: number;
  readonly outputs: Int32Array;
  readonly inputs: Int32Array;
}

/** Adds the products of one kernel entry along a row; positions are in dense row-major storage. */
type RowVisitor = (x: number, w: number, y: number, taps: Taps) => void;

/** y[n, o, m] = Σ x[n, c, m · s + k · d − low] w[o, c, k], summed in float64. */
export function convolve(
  g: ConvGeometry,
  x: ArrayLike<number>,
  w: ArrayLike<number>,
): Float64Array {
  const y = new Float64Array(g.batch * g.groups * g.filters * volume(g, 'output'));
  forEachRow(g, (xRow, wAt, yRow, { outputs, inputs }) => {
    const factor = w[wAt]!;
    for (let k = 0; k < outputs.length; k++)
      y[yRow + outputs[k]!]! += x[xRow + inputs[k]!]! * factor;
  });
  return y;
}

/** The adjoint in x: every product of y and w goes back to the entry of x it came from. */
export function convolveInput(
  g: ConvGeometry,
  y: ArrayLike<number>,
  w: ArrayLike<number>,
): Float64Array {
  const x = new Float64Array(g.batch * g.groups * g.channels * volume(g, 'input'));
  forEachRow(g, (xRow, wAt, yRow, { outputs, inputs }) => {
    const factor = w[wAt]!;
    for (let k = 0; k < outputs.length; k++)
      x[xRow + inputs[k]!]! += y[yRow + outputs[k]!]! * factor;
  });
  return x;
}

/** The adjoint in w: every product of x and y goes to the entry of w that joins them. */
export function convolveKernel(
  g: ConvGeometry,
  x: ArrayLike<number>,
  y: ArrayLike<number>,
): Float64Array {
  const w = new Float64Array(g.groups * g.filters * g.channels * volume(g, 'kernel'));
  forEachRow(g, (xRow, wAt, yRow, { outputs, inputs }) => {
    let sum = 0;
    for (let k = 0; k < outputs.length; k++) sum += x[xRow + inputs[k]!]! * y[yRow + outputs[k]!]!;
    w[wAt]! += sum;
  });
  return w;
}

function volume({ axes }: ConvGeometry, side: 'input' | 'kernel' | 'output'): number {
  return axes.reduce((product, axis) => product * axis[side], 1);
}

/** Every triple of rows along the last axis that a kernel entry joins. */
function forEachRow(g: ConvGeometry, visit: RowVisitor): void {
  const rows = rowsOf(g);
  const [xs, ws, ys] = [volume(g, 'input'), volume(g, 'kernel'), volume(g, 'output')];
  for (let n = 0; n < g.batch; n++) {
    for (let o = 0; o < g.groups * g.filters; o++) {
      const group = Math.floor(o / g.filters);
      for (let c = 0; c < g.channels; c++) {
        const x = ((n * g.groups + group) * g.channels + c) * xs;
        const w = (o * g.channels + c) * ws;
        const y = (n * g.groups * g.filters + o) * ys;
        for (const row of rows) visit(x + row.input, w + row.kernel, y + row.output, row.taps);
      }
    }
  }
}

/** One row of the last axis for each choice of kernel entries and positions on the axes before. */
interface Row {
  readonly input: number;
  readonly kernel: number;
  readonly output: number;
  readonly taps: Taps;
}

function rowsOf({ axes, flipKernel }: ConvGeometry): readonly Row[] {
  const last = axes.at(-1)!;
  let starts = [{ input: 0, kernel: 0, output: 0 }];
  for (const axis of axes.slice(0, -1)) {
    const steps = tapsOf(axis, flipKernel).flatMap(({ kernel, outputs, inputs }) =>
      Array.from(outputs, (output, k) => ({ kernel, output, input: inputs[k]! })),
    );
    starts = starts.flatMap((start) =>
      steps.map((step) => ({
        input: start.input * axis.input + step.input,
        kernel: start.kernel * axis.kernel + step.kernel,
        output: start.output * axis.output + step.output,
      })),
    );
  }
  const lastTaps = tapsOf(last, flipKernel);
  return starts.flatMap((start) =>
    lastTaps.map((taps) => ({
      input: start.input * last.input,
      kernel: start.kernel * last.kernel + taps.kernel,
      output: start.output * last.output,
      taps,
    })),
  );
}

/** For each entry of the kernel along an axis, which output reads which input. */
function tapsOf(axis: Axis, flipKernel: boolean): readonly Taps[] {
  return Array.from({ length: axis.kernel }, (_, k) => {
    const pairs: [number, number][] = [];
    for (let m = 0; m < axis.output; m++) {
      const position = m * axis.stride + k * axis.kernelDilation - axis.low;
      const input = position / axis.inputDilation;
      if (Number.isInteger(input) && input >= 0 && input < axis.input) pairs.push([m, input]);
    }
    return {
      kernel: flipKernel ? axis.kernel - 1 - k : k,
      outputs: Int32Array.from(pairs, ([m]) => m),
      inputs: Int32Array.from(pairs, ([, input]) => input),
    };
  });
}
