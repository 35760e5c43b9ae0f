import { describe, expect, it } from '@jest/globals';
import { compile, shared } from '@cotangent/compile';
import type { CompiledFunction, Shared } from '@cotangent/compile';
import { vector } from '@cotangent/graph';
import type { Input, Variable } from '@cotangent/graph';
import { add, flip, mul, sub, sum } from '@cotangent/ops';
import { tensorFrom, views, zerosTensor } from '@cotangent/tensor';
import type { Tensor, TensorLike } from '@cotangent/tensor';
import { wasmBackend } from '@cotangent/wasm';
import fc from 'fast-check';

/** What one thing in a sequence does: to which of the functions, with which values in which form. */
interface Action {
  readonly kind: 'call' | 'callInto' | 'place' | 'write' | 'set' | 'release';
  readonly which: number;
  readonly forms: readonly [Form, Form];
  readonly size: number;
  readonly seed: number;
}
const forms = [
  'list',
  'typed',
  'tensor',
  'strided',
  'placed',
  'placedElsewhere',
  'shared',
] as const;
type Form = (typeof forms)[number];

const actions = fc.array(
  fc.record({
    kind: fc.constantFrom(
      'call',
      'call',
      'callInto',
      'callInto',
      'place',
      'write',
      'set',
      'release',
    ),
    which: fc.nat(1),
    forms: fc.tuple(fc.constantFrom(...forms), fc.constantFrom(...forms)),
    size: fc.constantFrom(2, 2, 2, 20),
    seed: fc.nat(9),
  }),
  { minLength: 4, maxLength: 25 },
);

const values = (size: number, seed: number): number[] =>
  Array.from({ length: size }, (_, k) => ((k * 7 + seed * 3) % 11) - 5);

type Pair = CompiledFunction<readonly [Input, Input], readonly Variable[]>;

/** One side of the comparison: two functions that share a variable, on some backend. */
class Side {
  readonly #functions: readonly Pair[];
  readonly #weights: Shared = shared(values(2, 1), { shape: [null] });
  readonly log: unknown[] = [];
  #placed: readonly (Tensor | undefined)[] = [];

  constructor(isFast: boolean, borrow: boolean) {
    const [x, y] = [vector('x'), vector('y')];
    const w = this.#weights;
    const backend = isFast ? { backend: wasmBackend({ cacheSize: 3 }) } : {};
    const v = add(sum(w), x);
    const first: readonly Variable[] = [x, add(mul(2, x), y), flip(y), w];
    const second: readonly Variable[] = [v, sub(y, sum(w))];
    const updates = [[w, sub(mul(w, 2), 1)]] as const;
    this.#functions = [
      compile([x, y], first, { ...backend, updates }),
      compile([x, y], second, { ...backend, borrow }),
    ];
  }

  act(action: Action): void {
    const f = this.#functions[action.which]!;
    const w = this.#weights;
    const { size, seed } = action;
    const [x, y] = action.forms.map((form, i) => this.#argument(form, i, size, seed + i));
    switch (action.kind) {
      case 'call':
        return this.#record(f(x!, y!));
      case 'callInto':
        return this.#callInto(f, x!, y!, size);
      case 'place':
        this.#placed = f.place(values(size, seed), seed % 2 === 0 ? y! : { shape: [size] });
        return;
      case 'write':
        this.#placed[0]?.set(0, seed);
        return;
      case 'set':
        return w.set(values(seed % 2 === 0 ? 2 : 3, seed));
      case 'release':
        return f.release();
      default:
        return action.kind satisfies never;
    }
  }

  finish(): void {
    this.#record([this.#weights.get(), ...this.#placed.flatMap((x) => x ?? [])]);
  }

  #callInto(f: Pair, x: TensorLike, y: TensorLike, size: number): void {
    const shapes = f.outputs.map((_, i) =>
      f.outputs.length === 4 && i === 3 ? undefined : [size],
    );
    const outs = shapes.map((shape) => zerosTensor(shape ?? this.#weights.get().shape, 'float64'));
    f.callInto([x, y], outs);
    this.#record(outs);
  }

  #argument(form: Form, position: number, size: number, seed: number): TensorLike {
    const plain = values(size, seed);
    switch (form) {
      case 'list':
        return plain;
      case 'typed':
        return Float64Array.from(plain);
      case 'tensor':
        return tensorFrom(plain);
      case 'strided':
        return views.flip(tensorFrom(plain), [0]);
      case 'placed':
        return this.#fitting(position, size) ?? plain;
      case 'placedElsewhere':
        return this.#fitting(1 - position, size) ?? plain;
      case 'shared':
        return size === this.#weights.get().size ? this.#weights.get({ borrow: true }) : plain;
      default:
        return form satisfies never;
    }
  }

  #fitting(position: number, size: number): Tensor | undefined {
    const found = this.#placed[position];
    return found?.size === size ? found : undefined;
  }

  #record(results: readonly Tensor[]): void {
    this.log.push(results.map((y) => y.toArray()));
  }
}

describe('calls of compiled functions', () => {
  it.each([false, true])('give in any order what the reference gives, borrow: %s', (borrow) => {
    fc.assert(
      fc.property(actions, (sequence) => {
        const [fast, reference] = [new Side(true, borrow), new Side(false, borrow)];
        for (const side of [fast, reference]) {
          for (const action of sequence) side.act(action);
          side.finish();
        }
        expect(fast.log).toEqual(reference.log);
      }),
      { numRuns: 60 },
    );
  });
});
