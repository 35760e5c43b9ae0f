// The package has no types of its own.
declare module 'asciichart' {
  interface PlotOptions {
    /** Rows of the plot. */
    readonly height?: number;
    readonly min?: number;
    readonly max?: number;
    /** Label of a row. */
    readonly format?: (value: number) => string;
  }

  const asciichart: {
    readonly plot: (series: readonly number[], options?: PlotOptions) => string;
  };
  export default asciichart;
}
