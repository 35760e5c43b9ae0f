import { kindOf, type DType } from './dtype.ts';
import { ArgumentTypeError, ShapeError } from './errors.ts';
import { denseTensor } from './dense.ts';
import type { Tensor } from './tensor.ts';

/** NumPy's limit; it also ends the walk through an array that contains itself. */
const greatestRank = 64;

/**
 * Nested arrays of numbers and booleans as a tensor of `float64` or `bool`. Every array at one depth must have the same
 * length.
 *
 * @param dtype - that the caller will convert to; if undefined, numbers and booleans may not be mixed.
 */
export function readNested(value: unknown, dtype: DType | undefined): Tensor {
  const shape = shapeOfFirst(value);
  const leaves: number[] = [];
  const kinds = new Map<string, readonly number[]>(); // 'number' or 'boolean' ↦ path of the first one
  const read = (item: unknown, path: readonly number[]): void => {
    const depth = path.length;
    if (depth < shape.length) {
      const row = checkRow(item, shape[depth]!, path);
      for (let i = 0; i < row.length; i++) read(row[i], [...path, i]);
      return;
    }
    leaves.push(checkLeaf(item, path));
    if (kinds.size < 2 && !kinds.has(typeof item)) kinds.set(typeof item, path);
  };
  read(value, []);
  if (kinds.size > 1 && dtype === undefined) throw mixedKinds(kinds);
  if (kinds.has('boolean') && dtype === undefined) {
    return denseTensor(Uint8Array.from(leaves), shape, 'bool');
  }
  return denseTensor(Float64Array.from(leaves), shape, 'float64');
}

/** The shape seen along the first element of each array. */
function shapeOfFirst(value: unknown): number[] {
  const shape: number[] = [];
  let item = value;
  while (Array.isArray(item)) {
    shape.push(item.length);
    if (shape.length > greatestRank) {
      throw new ShapeError(`tensorFrom: arrays nested more than ${greatestRank} deep`, {
        code: 'RANK_TOO_HIGH',
        hint: 'does the array contain itself?',
      });
    }
    item = item[0];
  }
  return shape;
}

function checkRow(item: unknown, length: number, path: readonly number[]): readonly unknown[] {
  if (Array.isArray(item) && item.length === length) return item;
  const found = Array.isArray(item) ? `${item.length}` : describe(item);
  throw ragged(`expected ${length} elements, got ${found}`, path);
}

function checkLeaf(item: unknown, path: readonly number[]): number {
  if (typeof item === 'number') return item;
  if (typeof item === 'boolean') return item ? 1 : 0;
  if (Array.isArray(item)) throw ragged('expected a number, got an array', path);
  throw new ArgumentTypeError(`tensorFrom: ${at(path)}expected a number, got ${describe(item)}`, {
    code: 'NOT_A_NUMBER',
    hint: 'elements are numbers or booleans',
    data: { path, value: item },
  });
}

function ragged(what: string, path: readonly number[]): ShapeError {
  return new ShapeError(`tensorFrom: ${at(path)}${what}`, {
    code: 'RAGGED_ARRAY',
    hint: 'all arrays at one depth must have the same length',
    data: { path },
  });
}

function mixedKinds(kinds: ReadonlyMap<string, readonly number[]>): ArgumentTypeError {
  const found = [...kinds].map(([kind, path]) => `${kind} ${at(path).slice(0, -2)}`);
  return new ArgumentTypeError(`tensorFrom: numbers and booleans mixed: ${found.join(', ')}`, {
    code: 'MIXED_KINDS',
    hint: "give a dtype, for example { dtype: 'float64' }; true and false become 1 and 0",
    data: { paths: [...kinds.values()] },
  });
}

function at(path: readonly number[]): string {
  return path.length === 0 ? '' : `at ${path.map((i) => `[${i}]`).join('')}: `;
}

function describe(item: unknown): string {
  if (typeof item === 'object' && item !== null) return kindOf(item);
  return typeof item === 'string' ? JSON.stringify(item) : String(item);
}
