import type { Buffer, Procedure } from '@cotangent/loops';
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
   * Without it no operand is packed, which makes large and transposed products slower.
   */
  readonly scratch?: number;
  /** Elementary functions, by operation; those of this package unless told otherwise. */
  readonly functions?: FunctionTable;
  /**
   * Functions that call procedures without parameters one after another. With them the procedures
   * themselves are not exported.
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

/** An exported function that calls the procedures of these numbers, in order. */
export interface Driver {
  readonly name: string;
  readonly calls: readonly number[];
}

/**
 * One WebAssembly module with a function for each procedure, exported under its name. Its parameters are
 * the byte addresses of the procedure's buffers, in order, without those that `addresses` fixes.
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
  procedures: readonly Procedure[],
  options: EmitOptions = {},
): Uint8Array<ArrayBuffer> {
  const { memory = 'import', pages = 1, drivers, data } = options;
  const helpers = new Helpers(procedures.length);
  const functions = procedures.map((p) => emitProcedure(p, helpers, options));
  const inside = drivers === undefined ? functions : functions.map(withoutName);
  const driving = (drivers ?? []).map(emitDriver);
  return encodeModule([...inside, ...helpers.functions, ...driving], { kind: memory, pages }, data);
}

function withoutName({ parameters, results, body }: ModuleFunction): ModuleFunction {
  return { parameters, results, body };
}

function emitDriver({ name, calls }: Driver): ModuleFunction {
  const builder = new Builder();
  for (const target of calls) call(builder, target);
  return { name, parameters: [], results: [], body: assemble(builder) };
}

function emitProcedure(p: Procedure, helpers: Helpers, options: EmitOptions): ModuleFunction {
  const { addresses, functions = elementaryFunctions, scratch } = options;
  const { name, buffers, body: given } = p;
  const straight =
    addresses !== undefined && buffers.every((buffer) => addresses.has(buffer))
      ? emitStraight(given, {
          context: { helpers, functions },
          addresses,
          least: options.straightFrom ?? leastStatements,
        })
      : undefined;
  if (straight !== undefined) return { name, parameters: [], results: [], body: straight };
  const free = p.buffers.filter((buffer) => addresses?.get(buffer) === undefined);
  const builder = new Builder(free.map(() => 'i32'));
  const bases = new Map<Buffer, Base>();
  for (const [k, buffer] of free.entries())
    bases.set(buffer, { node: builder.parameter(k), constant: 0 });
  for (const buffer of p.buffers) {
    const constant = addresses?.get(buffer);
    if (constant !== undefined) bases.set(buffer, { node: undefined, constant });
  }
  const body = expandProducts(p.body, scratch !== undefined);
  emitStatements(builder, { helpers, functions, scratch }, bases, body);
  return {
    name: p.name,
    parameters: builder.parameters.map((r) => r.type),
    results: [],
    body: assemble(builder),
  };
}
