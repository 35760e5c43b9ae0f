import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Precision, Value, Values } from './values.ts';

/** Where a value lies on disk: raw numbers, little-endian, row-major. */
export interface StoredValue {
  readonly file: string;
  readonly dtype: Precision;
  readonly shape: readonly number[];
}

/** What the benchmark asks of the process of an engine: one JSON object a line. */
export type Request =
  | {
      readonly command: 'prepare';
      readonly workload: string;
      readonly values: Readonly<Record<string, StoredValue>>;
      /** Where results are to be written. */
      readonly folder: string;
      /** For Python: the script and what it is told. */
      readonly module?: string;
      readonly params?: Readonly<Record<string, number | string>>;
    }
  | { readonly command: 'time'; readonly count: number };

/** What it answers. The first line, before any request, is a `Greeting`. */
export interface Greeting {
  /** Name and version of the engine and of what it runs on. */
  readonly version: string;
}

export interface PreparedReply {
  readonly firstCallMs: number;
  /** One file for each output: its entries as float64. */
  readonly outputs: readonly string[];
}

export interface TimedReply {
  /** For all calls together. */
  readonly us: number;
}

/** In place of any answer. */
export interface Failure {
  readonly error: string;
}

/** Writes values to `folder`, for engines in other processes. */
export function storeValues(values: Values, folder: string): Readonly<Record<string, StoredValue>> {
  const stored = Object.entries(values).map(([name, { dtype, shape, data }]) => {
    const file = join(folder, `${name}.bin`);
    writeFileSync(file, data);
    return [name, { file, dtype, shape }] as const;
  });
  return Object.fromEntries(stored);
}

/** Reads what {@link storeValues} wrote. */
export function loadValues(stored: Readonly<Record<string, StoredValue>>): Values {
  const values = Object.entries(stored).map(([name, { file, dtype, shape }]) => {
    const bytes = new Uint8Array(readFileSync(file)).buffer;
    const data = dtype === 'float64' ? new Float64Array(bytes) : new Float32Array(bytes);
    return [name, { dtype, shape, data } satisfies Value] as const;
  });
  return Object.fromEntries(values);
}

/** Writes each output as float64 and returns the names of the files. */
export function storeOutputs(
  outputs: readonly ArrayLike<number>[],
  folder: string,
): readonly string[] {
  return outputs.map((output, k) => {
    const file = join(folder, `output-${k}.bin`);
    writeFileSync(file, Float64Array.from(output));
    return file;
  });
}

/** Reads what {@link storeOutputs} wrote. */
export function loadOutputs(files: readonly string[]): readonly Float64Array[] {
  return files.map((file) => new Float64Array(new Uint8Array(readFileSync(file)).buffer));
}
