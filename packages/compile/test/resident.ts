import { referenceBackend } from '@cotangent/compile';
import type { Backend, Executable, Program, Ready, Shapes } from '@cotangent/compile';
import { assign, formatShape, isTensor, rowMajorStrides, sizeOf, Tensor } from '@cotangent/tensor';

/** A room in one memory for each tensor, one after the other. */
class Memory {
  readonly #bytes = new ArrayBuffer(4096);
  #end = 0;

  room(shape: readonly number[]): Tensor {
    const size = sizeOf(shape);
    const data = new Float64Array(this.#bytes, this.#end, size);
    this.#end += size * 8;
    return new Tensor<'float64'>(data, shape, rowMajorStrides(shape), 0, 'float64');
  }
}

/** What a {@link residentBackend} lets tests see. */
export interface Observed {
  /** Calls of `readyFor`: a call that took the short way made none. */
  asked: number;
  /** The program made last. */
  latest: Ready | undefined;
  /** What the next run throws, instead of computing. */
  failure: Error | undefined;
  /** Drops what was made. */
  drop(): void;
}

/**
 * A backend for float64 that computes like the reference, in memory of its own. Results that are views of
 * inputs stay views of their rooms.
 */
export function residentBackend(): { readonly backend: Backend; readonly observed: Observed } {
  const made = new Map<string, Ready>();
  const observed: Observed = {
    asked: 0,
    latest: undefined,
    failure: undefined,
    drop: () => {},
  };
  const prepare = (program: Program, dropped: (ready: Ready) => void = () => {}): Executable => {
    const reference = referenceBackend.prepare(program);
    observed.drop = (): void => {
      made.forEach((ready) => dropped(ready));
      made.clear();
    };
    const make = (shapes: Shapes, isPlaced: readonly boolean[]): Ready =>
      readyOn(reference, shapes, isPlaced, observed);
    return {
      run: () => {
        throw new Error('runs only what is ready');
      },
      readyFor: (inputs) => {
        observed.asked++;
        const key = inputs.map((x) => formatShape(x.shape)).join(' ');
        const placed = [...made.values()].find(
          ({ isPlaced, inputs: rooms }) =>
            isPlaced.includes(true) && isPlaced.every((is, i) => !is || rooms[i] === inputs[i]),
        );
        const ready =
          placed ??
          made.get(key) ??
          make(
            inputs.map((x) => x.shape),
            [],
          );
        if (placed === undefined) made.set(key, ready);
        return ready;
      },
      place: (shapes, isPlaced) => {
        const ready = make(shapes, isPlaced);
        made.set(`placed ${made.size}`, ready);
        return ready;
      },
      release: () => observed.drop(),
    };
  };
  return { backend: { name: 'resident', prepare }, observed };
}

function readyOn(
  reference: Executable,
  shapes: Shapes,
  isPlaced: readonly boolean[],
  observed: Observed,
): Ready {
  const memory = new Memory();
  const inputs = shapes.map((shape) => memory.room(shape));
  const isInput = (y: Tensor): boolean => inputs.some((x) => x.data.buffer === y.data.buffer);
  const zeros = reference.run(inputs);
  const isView = zeros.map(isInput);
  const outputs = zeros.map((y, i) => (isView[i] === true ? y : memory.room(y.shape)));
  observed.latest = {
    inputs,
    isPlaced,
    outputs,
    run: () => {
      const { failure } = observed;
      observed.failure = undefined;
      if (failure !== undefined) throw failure;
      const results = reference.run(inputs);
      results.forEach((y, i) => {
        if (isView[i] === false) assign(outputs[i]!, y);
      });
    },
  };
  return observed.latest;
}

/** Values as nested arrays. */
export function valuesOf(results: Tensor | readonly Tensor[]): unknown {
  return isTensor(results) ? results.toArray() : results.map((y) => y.toArray());
}
