import type { Tensor } from '@cotangent/tensor';
import type { Program } from './program.ts';

/** Something that can run programs: the reference backend of this package, or a faster one. */
export interface Backend {
  /** For messages and `explain`. */
  readonly name: string;
  /**
   * Called once when a function is compiled. Everything that depends on run-time shapes comes later.
   *
   * @param dropped - to be called with a {@link Ready} that the executable lets go of, while its rooms
   *   still hold their values.
   */
  prepare(program: Program, dropped?: (ready: Ready) => void): Executable;
}

/** A prepared program. */
export interface Executable {
  /**
   * Computes the outputs of the program.
   *
   * The arguments are checked against dtype and static shape, may be strided views, and must not be
   * written to. A result may be a view of an argument, a constant or another result: what the caller of a
   * compiled function receives is separated from them afterwards.
   *
   * @param inputs - one tensor for each entry of `program.inputs`.
   * @returns one tensor for each entry of `program.outputs`.
   */
  run(inputs: readonly Tensor[]): readonly Tensor[];
  /** What has been compiled so far, as text; part of `f.explain()`. */
  explain?(): string;
  /** Results live in memory that the next `run` writes to, so they must be copied to be kept. */
  readonly reusesMemory?: boolean;
  /**
   * What runs inputs like these, made now if it must be; `undefined` if only `run` can. Placed rooms are
   * part of the answer only if all of them are among the inputs, each in its position.
   */
  readyFor?(inputs: readonly Tensor[]): Ready | undefined;
  /** A new {@link Ready} for inputs of these shapes, those marked being placed: their rooms are handed out. */
  place?(shapes: Shapes, isPlaced: readonly boolean[]): Ready | undefined;
  /** Makes what `readyFor` would make for inputs of these shapes, outside the calling task. */
  build?(shapes: Shapes): Promise<void>;
  statistics?(): Statistics;
  /** Lets go of everything that can be made again. */
  release?(): void;
}

/** One shape for each input of a program. */
export type Shapes = readonly (readonly number[])[];

/** A program made for one combination of input shapes, with memory of its own for inputs and results. */
export interface Ready {
  /** For each input a dense tensor over exactly its room: `run` reads what is written there, and changes nothing. */
  readonly inputs: readonly Tensor[];
  /** For each input whether its room is in the hands of the user. */
  readonly isPlaced: readonly boolean[];
  /** Where `run` leaves the results: views of rooms of inputs, of constants, or valid until the next run. */
  readonly outputs: readonly Tensor[];
  run(): void;
}

/** What a compiled function keeps, and how often it had what a call needed. */
export interface Statistics {
  /** Modules kept, one for each combination of input shapes and each placement. */
  readonly modules: number;
  /** Calls that found their module made. */
  readonly hits: number;
  /** Modules that had to be made. */
  readonly misses: number;
  /** Modules that were let go of because the cache was full. */
  readonly evictions: number;
  /** Bytes of code of the modules kept. */
  readonly moduleBytes: number;
  /** Bytes of memory of the modules kept. */
  readonly memoryBytes: number;
}
