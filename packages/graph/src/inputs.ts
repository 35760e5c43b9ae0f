import { ArgumentTypeError, ShapeError } from '@cotangent/tensor';
import type { DType } from '@cotangent/tensor';
import { formatShape, tensorType } from './types.ts';
import type { Shape } from './types.ts';
import { Input } from './variable.ts';

/** Options of the functions that make inputs. */
export interface InputOptions {
  /** Default `float64`. */
  readonly dtype?: DType;
  /** Sizes known beforehand; `null` for one known only when the graph is run. Default: none known. */
  readonly shape?: Shape;
}

/**
 * An input of any rank.
 *
 * @param name - for messages and printed graphs.
 * @throws ArgumentTypeError if `shape` is missing; DTypeError, ValueError if an option is not valid.
 * @example tensor('images', { dtype: 'float32', shape: [null, 28, 28] });
 */
export function tensor(name: string, options: InputOptions & { readonly shape: Shape }): Input {
  if (!Array.isArray(options?.shape)) {
    throw new ArgumentTypeError(`tensor: ${JSON.stringify(name)} needs a shape`, {
      code: 'GRAPH_SHAPE_MISSING',
      hint: "write tensor('x', { shape: [null, 3] }), null for a size not known yet",
    });
  }
  return ofRank('tensor', options.shape.length, name, options);
}

/** An input of rank 0. @example scalar('learningRate') */
export function scalar(name?: string, options: InputOptions = {}): Input {
  return ofRank('scalar', 0, name, options);
}

/** An input of rank 1. @example vector('x', { shape: [10] }) */
export function vector(name?: string, options: InputOptions = {}): Input {
  return ofRank('vector', 1, name, options);
}

/** An input of rank 2. @example matrix('x', { dtype: 'float32' }) */
export function matrix(name?: string, options: InputOptions = {}): Input {
  return ofRank('matrix', 2, name, options);
}

/** An input of rank 3. */
export function tensor3(name?: string, options: InputOptions = {}): Input {
  return ofRank('tensor3', 3, name, options);
}

/** An input of rank 4. */
export function tensor4(name?: string, options: InputOptions = {}): Input {
  return ofRank('tensor4', 4, name, options);
}

function ofRank(maker: string, rank: number, name: unknown, options: InputOptions): Input {
  if (name !== undefined && typeof name !== 'string') {
    throw new ArgumentTypeError(`${maker}: the name must be a string, got ${typeof name}`, {
      code: 'GRAPH_INPUT_NAME',
      hint: `write ${maker}('x', { dtype, shape })`,
    });
  }
  const shape = options.shape ?? Array.from({ length: rank }, () => null);
  if (shape.length !== rank) {
    throw new ShapeError(`${maker}: shape ${formatShape(shape)} does not have rank ${rank}`, {
      code: 'GRAPH_INPUT_RANK',
      hint: 'use tensor(name, { shape }) for any rank',
      data: { maker, shape },
    });
  }
  return new Input(tensorType(options.dtype ?? 'float64', shape), name);
}
