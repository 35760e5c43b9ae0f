import { ArgumentTypeError, tensorFrom } from '@cotangent/tensor';
import type { Nested, NdArrayLike, Tensor, TypedArray } from '@cotangent/tensor';
import { asVariable, constant, isVariable } from '@cotangent/graph';
import type { Variable } from '@cotangent/graph';
import { normalizeSlice } from '../shape/slice-items.ts';
import type { SliceEntry } from '../shape/slice-items.ts';

/** Whole numbers, one for each entry of the result: nested arrays, tensors, or int32 variables of any rank. */
export type IndexArray = Variable | readonly Nested[] | Tensor | NdArrayLike | TypedArray;

/** One entry of an index: what {@link slice} takes, or an array of indices. */
export type IndexEntry = SliceEntry | IndexArray;

/** Entries, one for each axis from the first; axes without an entry are taken whole. */
export type IndexSpec = readonly IndexEntry[];

/** An index as a slice, followed by index arrays for some axes of what it gives. */
export interface NormalizedIndex {
  /** What the ranges and new axes do; `undefined` if they do nothing. */
  readonly slice: readonly SliceEntry[] | undefined;
  readonly axes: readonly number[];
  readonly indices: readonly Variable[];
}

/** Separates the entries of an index. Beside arrays, single numbers are arrays of rank 0, as in NumPy. */
export function normalizeIndex(spec: IndexSpec, rank: number, op: string): NormalizedIndex {
  if (!Array.isArray(spec)) throw notAList(spec, op);
  const entries: readonly IndexEntry[] = spec;
  const hasArrays = entries.some((entry) => isIndexArray(entry));
  const isChoice = (entry: IndexEntry): entry is IndexArray | number =>
    isIndexArray(entry) || (hasArrays && (typeof entry === 'number' || isVariable(entry)));
  const basic = entries.map((entry): SliceEntry => (isChoice(entry) ? {} : entry));
  normalizeSlice(basic, rank, op); // checks them
  const taken = entries.filter((entry) => entry !== 'newaxis' && entry !== 'ellipsis').length;
  const rest = Array.from({ length: rank - taken }, (): SliceEntry => ({}));
  const isOpen = !entries.includes('ellipsis');
  const full = [...entries, ...(isOpen ? ['ellipsis' as const] : [])].flatMap(
    (entry): readonly IndexEntry[] => (entry === 'ellipsis' ? rest : [entry]),
  );
  const axes = full.flatMap((entry, axis) => (isChoice(entry) ? [axis] : []));
  const choices = full.filter(isChoice);
  return {
    slice: basic.every(isWhole) ? undefined : basic,
    axes,
    indices: choices.map((entry, k) => indexVariable(entry, op, k)),
  };
}

/** The variable of an index array: plain numbers become int32. */
export function indexVariable(entry: IndexArray | number, op: string, position: number): Variable {
  if (typeof entry === 'number') return constant(tensorFrom(entry, { dtype: 'int32' }));
  if (isNested(entry) && !hasBooleans(entry)) {
    return constant(tensorFrom(entry, { dtype: 'int32' }));
  }
  return asVariable(entry, op, position);
}

function isNested(entry: IndexArray): entry is readonly Nested[] {
  return Array.isArray(entry);
}

function hasBooleans(entry: readonly unknown[]): boolean {
  let first: unknown = entry;
  while (Array.isArray(first)) first = first[0];
  return typeof first === 'boolean';
}

function isIndexArray(entry: IndexEntry): entry is IndexArray {
  if (isVariable(entry)) return entry.rank > 0;
  if (typeof entry !== 'object' || entry === null) return false;
  return Array.isArray(entry) || ArrayBuffer.isView(entry) || 'data' in entry;
}

function isWhole(entry: SliceEntry): boolean {
  return entry === 'ellipsis' || (typeof entry === 'object' && Object.keys(entry).length === 0);
}

function notAList(spec: unknown, op: string): ArgumentTypeError {
  return new ArgumentTypeError(`${op}: the entries must be an array, got ${typeof spec}`, {
    code: 'INDEX_SPEC',
    hint: `write ${op}(x, [i]), with one entry for each axis`,
    data: { op },
  });
}
