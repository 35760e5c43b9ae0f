import type { Buffer, Index, Procedure } from '@cotangent/loops';
import { elementaryFunctions } from '../functions/elementary.ts';
import { encodeModule } from '../encode/module.ts';
import type { DataSegment, ModuleFunction } from '../encode/module.ts';
import { assemble } from './assemble.ts';
import { Builder } from './builder.ts';
import type { Base } from './builder.ts';
import type { FunctionTable } from './elementary.ts';
import { emitStatements } from './statements.ts';
import { emitStraight, leastStatements } from './straight.ts';
import { Helpers, call } from '../kernels/helpers.ts';
import type { Scratch } from '../kernels/shape.ts';
import { expandProducts } from '../kernels/statement.ts';

/** How a module is made. */
export interface EmitOptions {
  /**
   * Byte addresses of buffers, each a multiple of its element's size. Buffers listed here are no
   * parameters; when all are, the functions take none and every address is a constant in the code.
   */
  readonly addresses?: ReadonlyMap<Buffer, number>;
  /** Whether memory is imported as `env.memory` (the default) or the module's own, exported as `memory`. */
  readonly memory?: 'import' | 'export';
  /** Pages of 64 KiB that the memory has at least; 1 unless told otherwise. */
  readonly pages?: number;
  /**
   * Address of memory that matrix products may overwrite at any time: `scratchBytes(procedures)` bytes, a multiple of 16.
   * `'own'`: each instance imports its address as `env.scratch`, and memory is shared and has exactly `pages`.
   * Without it no operand is packed, which makes large and transposed products slower.
   */
  readonly scratch?: Scratch;
  /** Elementary functions, by operation; those of this package unless told otherwise. */
  readonly functions?: FunctionTable;
  /**
   * Functions that call procedures without parameters one after another. With them the procedures
   * themselves are not exported, but those in parts.
   */
  readonly drivers?: readonly Driver[];
  /**
   * From how many statements on a procedure without branches is written straight, without looking for the best place of
   * each value: the same results, made sooner and computed a little later. Default 64.
   */
  readonly straightFrom?: number;
  /** What memory holds before the first call, for a memory of the module's own. */
  readonly data?: readonly DataSegment[];
}

/** A procedure that does one part of what it is for: the one that `part` says. */
export interface PartedProcedure extends Procedure {
  readonly part?: Index;
  /** Buffers of which each part has one for itself, and how many bytes they are apart. */
  readonly privates?: ReadonlyMap<Buffer, number>;
}

/** An exported function that calls the procedures of these numbers, in order. */
export interface Driver {
  readonly name: string;
  readonly calls: readonly number[];
}

/**
 * One WebAssembly module with a function for each procedure, exported under its name. Its parameters are
 * the byte addresses of the procedure's buffers, in order, without those that `addresses` fixes, and the
 * number of the part.
 *
 * Memory of different buffers must not overlap, but where a buffer is overwritten in place: then a loop
 * may only store where it has loaded in the same iteration.
 *
 * @throws EmitError if a procedure uses an unbound name or an operation on the wrong type.
 * @example
 * const bytes = emitModule([procedure], { addresses: new Map([[x, 0], [y, 1024]]) });
 * const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
 */
export function emitModule(
  procedures: readonly PartedProcedure[],
  options: EmitOptions = {},
): Uint8Array<ArrayBuffer> {
  const { memory = 'import', pages = 1, drivers, data } = options;
  const helpers = new Helpers(procedures.length);
  const functions = procedures.map((p) => emitProcedure(p, helpers, options));
  const isInside = procedures.map(({ part }) => drivers !== undefined && part === undefined);
  const inside = functions.map((f, k) => (isInside[k] === true ? withoutName(f) : f));
  const driving = (drivers ?? []).map(emitDriver);
  return encodeModule(
    [...inside, ...helpers.functions, ...driving],
    { kind: memory, pages, isShared: options.scratch === 'own' },
    data,
  );
}

function withoutName({ parameters, results, body }: ModuleFunction): ModuleFunction {
  return { parameters, results, body };
}

function emitDriver({ name, calls }: Driver): ModuleFunction {
  const builder = new Builder();
  for (const target of calls) call(builder, target);
  return { name, parameters: [], results: [], body: assemble(builder) };
}

function emitProcedure(p: PartedProcedure, helpers: Helpers, options: EmitOptions): ModuleFunction {
  const body = straightBody(p, helpers, options);
  if (body !== undefined) return { name: p.name, parameters: [], results: [], body };
  return builtProcedure(p, helpers, options);
}

function straightBody(
  { buffers, body, part }: PartedProcedure,
  helpers: Helpers,
  { addresses, functions = elementaryFunctions, straightFrom = leastStatements }: EmitOptions,
): Uint8Array<ArrayBuffer> | undefined {
  if (addresses === undefined || part !== undefined) return undefined;
  if (!buffers.every((buffer) => addresses.has(buffer))) return undefined;
  return emitStraight(body, { context: { helpers, functions }, addresses, least: straightFrom });
}

function builtProcedure(
  p: PartedProcedure,
  helpers: Helpers,
  options: EmitOptions,
): ModuleFunction {
  const { addresses, functions = elementaryFunctions, scratch } = options;
  const free = p.buffers.filter((buffer) => addresses?.get(buffer) === undefined);
  const names = p.part === undefined ? [] : [p.part];
  const builder = new Builder([...free, ...names].map(() => 'i32'));
  const bases = new Map<Buffer, Base>();
  for (const [k, buffer] of free.entries())
    bases.set(buffer, { node: builder.parameter(k), constant: 0 });
  for (const buffer of p.buffers) {
    const constant = addresses?.get(buffer);
    if (constant !== undefined) bases.set(buffer, { node: undefined, constant });
  }
  const body = expandProducts(p.body, scratch !== undefined);
  const given = names.map((name, k) => [name, builder.parameter(free.length + k)] as const);
  for (const [, part] of given)
    for (const [buffer, apart] of p.privates ?? []) {
      const { node, constant } = bases.get(buffer)!; // listed in buffers
      const first = node ?? builder.i32(constant);
      const moved = builder.add(first, builder.mul(part, builder.i32(apart)));
      bases.set(buffer, { node: moved, constant: 0 });
    }
  emitStatements(builder, { helpers, functions, scratch }, bases, body, given);
  return {
    name: p.name,
    parameters: builder.parameters.map((r) => r.type),
    results: [],
    body: assemble(builder),
  };
}
