import type { Tensor } from '@cotangent/tensor';
import { bytesOf } from './bytes.ts';
import { hashBytes } from './hash.ts';
import { formatType } from './types.ts';
import type { TensorType } from './types.ts';
import type { Constant } from './variable.ts';

/** Gives constants numbers, equal exactly for equal types and bits. */
export class ConstantClasses {
  readonly #fresh: () => number;
  readonly #types = new Map<TensorType, string>();
  /** Constants of one element that is no NaN, by type. */
  readonly #singles = new Map<string, Map<number | '-0', number>>();
  readonly #others = new Map<string, { readonly value: Tensor; readonly number: number }[]>();

  constructor(fresh: () => number) {
    this.#fresh = fresh;
  }

  classOf({ type, value }: Constant): number {
    const key = this.#types.get(type) ?? typeKey(type);
    this.#types.set(type, key);
    const only = value.size === 1 ? value.data[value.offset]! : NaN;
    return Number.isNaN(only) ? this.#classOfBytes(key, value) : this.#classOfSingle(key, only);
  }

  #classOfSingle(type: string, value: number): number {
    const known = this.#singles.get(type) ?? new Map<number | '-0', number>();
    this.#singles.set(type, known);
    const key = Object.is(value, -0) ? '-0' : value;
    const number = known.get(key) ?? this.#fresh();
    known.set(key, number);
    return number;
  }

  #classOfBytes(type: string, value: Tensor): number {
    const bytes = bytesOf(value);
    const key = `${type} ${hashBytes(bytes)}`;
    const bucket = this.#others.get(key) ?? [];
    const known = bucket.find((other) => sameBytes(bytesOf(other.value), bytes));
    if (known !== undefined) return known.number;
    const number = this.#fresh();
    bucket.push({ value, number });
    this.#others.set(key, bucket);
    return number;
  }
}

/** A type as text, whether it is weak included. */
export function typeKey(type: TensorType): string {
  return `${type.weak === true ? 'weak ' : ''}${formatType(type)}`;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
