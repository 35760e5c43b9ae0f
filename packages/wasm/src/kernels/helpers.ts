import type { ModuleFunction } from '../encode/module.ts';
import type { MachineType } from '../encode/opcodes.ts';
import { assemble } from '../emit/assemble.ts';
import { Builder } from '../emit/builder.ts';
import type { Node } from '../emit/node.ts';

/** Functions that procedures call, each made once for its key, numbered behind the procedures. */
export class Helpers {
  readonly functions: ModuleFunction[] = [];
  private readonly known = new Map<string, number>();
  private readonly first: number;

  constructor(first: number) {
    this.first = first;
  }

  /** The index of a function of `count` `i32`s, or of these types; `build` makes its statements. */
  find(
    key: string,
    given: number | readonly MachineType[],
    build: (b: Builder, parameters: readonly Node[]) => void,
    results: readonly MachineType[] = [],
  ): number {
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const types =
      typeof given === 'number' ? Array.from({ length: given }, () => 'i32' as const) : given;
    const b = new Builder(types);
    build(
      b,
      b.parameters.map((_, k) => b.parameter(k)),
    );
    const parameters = b.parameters.map((p) => p.type);
    const index = this.first + this.functions.length;
    this.functions.push({ parameters, results, body: assemble(b) });
    this.known.set(key, index);
    return index;
  }

  /** The index of a function that nothing else shares. */
  add(
    given: number | readonly MachineType[],
    results: readonly MachineType[],
    build: (b: Builder, parameters: readonly Node[]) => void,
  ): number {
    return this.find(`function ${this.first + this.functions.length}`, given, build, results);
  }
}

export function call(b: Builder, target: number, ...args: readonly Node[]): void {
  b.statement({ kind: 'call', target, args, results: [] });
}
