/** One axis that windows slide along. */
export interface PoolAxis {
  /** Entries of the input. */
  readonly input: number;
  /** How many windows there are. */
  readonly output: number;
  readonly window: number;
  readonly stride: number;
  /** Places before the first entry. */
  readonly low: number;
  /** Places behind the last entry. */
  readonly high: number;
}

/** The entries of an axis in its window m: from `first` up to but not including `end`. */
export function windowAt(
  { input, window, stride, low }: PoolAxis,
  m: number,
): readonly [first: number, end: number] {
  const start = m * stride - low;
  const first = Math.min(input, Math.max(0, start));
  return [first, Math.max(first, Math.min(input, start + window))];
}

/** Visits the windows of every plane: the number of the result, and the positions of the entries in storage. */
export function forEachWindow(
  planes: number,
  axes: readonly PoolAxis[],
  visit: (result: number, entries: Int32Array, plane: number) => void,
): void {
  const size = axes.reduce((product, axis) => product * axis.input, 1);
  const windows = windowsOf(axes);
  for (let plane = 0; plane < planes; plane++) {
    windows.forEach((entries, k) => {
      visit(plane * windows.length + k, entries, plane * size);
    });
  }
}

/** For every window of one plane the positions in it, in row-major order. */
function windowsOf(axes: readonly PoolAxis[]): readonly Int32Array[] {
  let windows: readonly (readonly number[])[] = [[0]];
  for (const axis of axes) {
    const spans = Array.from({ length: axis.output }, (_, m) => windowAt(axis, m));
    windows = windows.flatMap((positions) =>
      spans.map(([first, end]) =>
        positions.flatMap((position) =>
          Array.from({ length: end - first }, (_, k) => position * axis.input + first + k),
        ),
      ),
    );
  }
  return windows.map((positions) => Int32Array.from(positions));
}
