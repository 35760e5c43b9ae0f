import { ArgumentTypeError, isTensor, tensorFrom } from '@cotangent/tensor';
import type { Tensor, TensorLike } from '@cotangent/tensor';

/**
 * Values by name, to any depth: `{ weights, bias }`. A leaf is whatever `isLeaf` of the caller takes;
 * arrays are data, never structure.
 */
export type Tree<L> = L | TreeRecord<L>;
export interface TreeRecord<L> {
  readonly [name: string]: Tree<L>;
}

/** The same tree with other leaves: `Mapped<{ w: A; b: A }, B>` is `{ w: B; b: B }`. */
export type Mapped<T, L> = T extends PlainRecord ? { readonly [K in keyof T]: Mapped<T[K], L> } : L;
type PlainRecord = Readonly<Record<string, unknown>> & { readonly data?: never };

/** The leaves of an argument and how to put others in their places. */
export interface Flattened {
  readonly leaves: readonly Tensor[];
  /** Where each leaf stands: `[0].weights`. */
  readonly paths: readonly string[];
}

/**
 * The tensors of an argument: itself, or those of a plain record in the order of its keys.
 *
 * @throws ArgumentTypeError naming the path of something that is neither a value nor a plain record.
 */
export function flatten(argument: unknown, path: string): Flattened {
  const leaves: Tensor[] = [];
  const paths: string[] = [];
  visit(argument, path, (leaf, at) => {
    leaves.push(asTensor(leaf, at));
    paths.push(at);
  });
  return { leaves, paths };
}

/** A tree shaped like `like`, its leaves taken from `leaves` in order. */
export function unflatten<L>(like: unknown, leaves: Iterator<L>): Tree<L> {
  if (!isPlainRecord(like)) {
    const next = leaves.next();
    // One leaf per leaf of `like`: both were counted by `visit`.
    return next.value as L;
  }
  const entries = Object.entries(like).map(
    ([name, part]) => [name, unflatten(part, leaves)] as const,
  );
  return Object.fromEntries(entries);
}

/** Calls `meet` for each leaf, depth first, in the order of the keys. */
export function visit(
  tree: unknown,
  path: string,
  meet: (leaf: unknown, path: string) => void,
): void {
  if (!isPlainRecord(tree)) meet(tree, path);
  else for (const [name, part] of Object.entries(tree)) visit(part, `${path}.${name}`, meet);
}

/** The structure as text, so that equal structures have equal keys. */
export function structureOf(tree: unknown): string {
  if (!isPlainRecord(tree)) return '*';
  const parts = Object.entries(tree).map(
    ([name, part]) => `${JSON.stringify(name)}:${structureOf(part)}`,
  );
  return `{${parts.join(',')}}`;
}

/** A record written as `{ … }`; a tensor, an ndarray and a typed array are not. */
export function isPlainRecord(x: unknown): x is Readonly<Record<string, unknown>> {
  if (typeof x !== 'object' || x === null || Array.isArray(x) || isTensor(x)) return false;
  const prototype: unknown = Object.getPrototypeOf(x);
  return (prototype === Object.prototype || prototype === null) && !('data' in x && 'stride' in x);
}

function asTensor(value: unknown, path: string): Tensor {
  const isData =
    typeof value === 'number' || typeof value === 'boolean' || typeof value === 'object';
  if (!isData || value === null) {
    throw new ArgumentTypeError(`argument ${path} is ${String(value)}, not a value`, {
      code: 'TRACE_NOT_A_VALUE',
      hint: 'pass a number, an array, a typed array, a tensor, an ndarray, or a record of them',
      data: { path },
    });
  }
  // tensorFrom refuses any other object with an error of its own.
  return tensorFrom(value as TensorLike);
}
