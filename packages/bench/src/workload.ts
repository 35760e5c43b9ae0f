import type * as jaxJs from '@jax-js/jax';
import type * as tfjs from '@tensorflow/tfjs';
import type { Precision, Values } from './values.ts';

/** A computation that an engine has made ready to be timed. */
export interface Prepared {
  /** One call, complete when it returns or its promise resolves. */
  readonly run: () => void | Promise<void>;
  /** The results of the latest call, flat, in the order of the workload's outputs. */
  readonly outputs: () => readonly ArrayLike<number>[];
}

/** How the Cotangent side of a workload is to be made. */
export interface CotangentContext {
  readonly mode: 'fast' | 'reference';
  /** Reference results of float32 workloads are computed in float64. */
  readonly dtype: Precision;
}

export type JaxJs = typeof jaxJs;
export type Tfjs = typeof tfjs;

/** Peers that run in Python. */
export type PythonEngine = 'jax' | 'torch' | 'casadi' | 'casadi-buffer' | 'autograd' | 'numpy';

/** Peers that run in JavaScript. `tfjs` has float32 only. */
export type JsPeer = 'jax-js' | 'tfjs-cpu' | 'tfjs-wasm';

export type Peer = PythonEngine | JsPeer;

/** What the issue of the library asks of the workload. */
export type Goal =
  /** The peer's time divided by ours, at least. */
  | {
      readonly kind: 'ratio';
      readonly against: Peer;
      readonly atLeast: number;
      readonly of?: 'call' | 'first call';
      /** Rows of one thread (the default), or those that may use all cores. */
      readonly threads?: 'all';
    }
  /** Our median, at most. */
  | { readonly kind: 'time'; readonly atMostMs: number }
  /** k in time ∝ sizeᵏ between the rows of a family, at most. */
  | { readonly kind: 'growth'; readonly atMost: number };

/** The script of a workload's Python peers, in `peers/workloads`. */
export interface PythonSide {
  readonly module: string;
  readonly params: Readonly<Record<string, number | string>>;
  readonly engines: readonly PythonEngine[];
}

/** One row of the benchmark: what is computed, by whom, and how good it should be. */
export interface Workload {
  /** For people and for `--filter`. */
  readonly name: string;
  readonly dtype: Precision;
  /** The data, the same bits for all engines. */
  readonly values: () => Values;
  /**
   * The largest error allowed in an output, in units of machine epsilon (of the dtype that the engine computes in) times
   * the largest entry of that output.
   */
  readonly roundings: number;
  readonly cotangent: (values: Values, context: CotangentContext) => Prepared;
  /** What is right, where plain arithmetic tells it; otherwise Cotangent's reference mode in float64 does. */
  readonly expected?: (values: Values) => readonly ArrayLike<number>[];
  readonly jaxJs?: (jax: JaxJs, values: Values) => Prepared;
  readonly tfjs?: (tf: Tfjs, values: Values) => Prepared;
  readonly python?: PythonSide;
  readonly goals: readonly Goal[];
  /** Rows of one family differ in size only. */
  readonly family?: { readonly name: string; readonly size: number };
}

/**
 * Error of a sum of `n` terms in units of machine epsilon, relative to the result: λ√n with λ = 10 holds but for a
 * probability below 1e-20 (Higham & Mary 2019, theorem 2.4), times Σ|terms| / |Σ terms|.
 */
export function sumRoundings(n: number, cancellation = 1): number {
  return 10 * Math.sqrt(n) * cancellation;
}

/** A goal on the ratio of the peer's median to ours. */
export function ahead(against: Peer, atLeast: number): Goal {
  return { kind: 'ratio', against, atLeast };
}
