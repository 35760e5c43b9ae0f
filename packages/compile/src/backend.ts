import type { Tensor } from '@cotangent/tensor';
import type { Program } from './program.ts';

/** Something that can run programs: the reference backend of this package, or a faster one. */
export interface Backend {
  /** For messages and `explain`. */
  readonly name: string;
  /** Called once when a function is compiled. Everything that depends on run-time shapes comes later. */
  prepare(program: Program): Executable;
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
}
