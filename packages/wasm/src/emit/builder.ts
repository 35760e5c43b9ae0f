import { resultOf } from '../encode/opcodes.ts';
import type { MachineType, Opcode } from '../encode/opcodes.ts';
import type { MachineStatement, Node, Region, Register, Resource } from './node.ts';
import { Nodes } from './nodes.ts';
import type { Version } from './nodes.ts';

export type { Base } from './nodes.ts';

/** Builds one function: regions of statements on hash-consed nodes. */
export class Builder extends Nodes {
  readonly parameters: readonly Register[];
  /** Called when volatile values may have changed, and when a region ends: what it computed is out of reach. */
  readonly onWrite: Set<(isRegionEnd: boolean) => void> = new Set();
  private readonly versions = new Map<Resource, Version>();
  private versionCount = 0;
  private registerCount = 0;
  private regionCount = 1;
  private isQuiet = false;

  constructor(parameters: readonly MachineType[] = []) {
    super();
    this.parameters = parameters.map((type, parameter) => ({
      kind: 'register',
      id: this.registerCount++,
      type,
      parameter,
    }));
  }

  /** A load. `resource` is what a store to the same memory changes. */
  load(
    op: Opcode,
    resource: Resource,
    address: Node,
    offset: number,
    isVolatile: boolean,
    more?: { readonly lane: number; readonly vector: Node },
  ): Node {
    const version = this.versionOf(resource);
    const args = more ? [address, more.vector] : [address];
    const immediate = more ? { offset, lane: more.lane } : { offset };
    return this.make(op, resultOf(op), args, immediate, { version, isVolatile });
  }

  register(type: MachineType): Register {
    return { kind: 'register', id: this.registerCount++, type };
  }

  /** The register's present value. Counters of loops are not volatile: they change only between iterations. */
  get(
    register: Register,
    options: { readonly isVolatile?: boolean; readonly isNatural?: boolean } = {},
  ): Node {
    const { isVolatile = true, isNatural = false } = options;
    const version = this.versionOf(register);
    return this.make('get', register.type, [], { register }, { version, isVolatile, isNatural });
  }

  parameter(k: number): Node {
    const register = this.parameters[k];
    if (register === undefined) throw new RangeError(`no parameter ${k}`);
    return this.get(register, { isVolatile: false, isNatural: register.type === 'i32' });
  }

  /** A number that the module was given when it was instantiated. */
  global(k: number): Node {
    return this.make('global', 'i32', [], { target: k });
  }

  /** The value that `n` has now, also after the register that it reads has changed. */
  frozen(n: Node): Node {
    return n.op === 'get' && n.isVolatile ? this.make('copy', n.type, [n], {}) : n;
  }

  private versionOf(resource: Resource): Version {
    const known = this.versions.get(resource);
    if (known) return known;
    const version = { id: this.versionCount++, region: this.root };
    this.versions.set(resource, version);
    return version;
  }

  private written(isRegionEnd: boolean): void {
    if (this.isQuiet) return;
    for (const listen of this.onWrite) listen(isRegionEnd);
  }

  /** Marks a resource as changed from here on. */
  touch(resource: Resource): void {
    this.versions.set(resource, { id: this.versionCount++, region: this.region });
    this.written(false);
  }

  statement(s: MachineStatement): void {
    this.region.statements.push(s);
  }

  set(register: Register, value: Node): void {
    this.statement({ kind: 'set', register, value });
    this.touch(register);
  }

  store(
    op: Opcode,
    resource: Resource,
    address: Node,
    offset: number,
    value: Node,
    lane?: number,
  ): void {
    this.statement({
      kind: 'store',
      op,
      address,
      value,
      offset,
      ...(lane === undefined ? {} : { lane }),
    });
    this.touch(resource);
  }

  /** Builds a nested region; the caller then adds the statement that owns it. */
  nested(kind: Region['kind'], build: () => void): Region {
    const parent = this.region;
    const region: Region = {
      id: this.regionCount++,
      parent,
      depth: parent.depth + 1,
      kind,
      position: parent.statements.length,
      statements: [],
    };
    this.region = region;
    this.written(false);
    build();
    this.region = parent;
    this.written(true);
    return region;
  }

  /** A loop that runs at least once, and changes the given resources; `build` gives the condition to go on. */
  loop(
    changed: readonly Resource[],
    build: () => Node,
    options: { readonly exits?: boolean } = {},
  ): void {
    let again: Node | undefined;
    const { exits = false } = options;
    const body = this.nested(exits ? 'guard' : 'loop', () => {
      for (const resource of changed) this.touch(resource);
      again = build();
    });
    this.statement({ kind: 'loop', body, again: again ?? this.i32(0), exits });
    for (const resource of changed) this.touch(resource);
  }

  /** Statements that run if the condition holds, and others that run if not. */
  when(
    condition: Node,
    changed: readonly Resource[],
    then: () => void,
    otherwise?: () => void,
    kind: 'branch' | 'guard' | 'rare' = 'branch',
  ): void {
    const before = changed.map((resource) => [resource, this.versionOf(resource)] as const);
    const first = this.nested(kind, then);
    for (const [resource, version] of before) this.versions.set(resource, version);
    const second = otherwise && this.nested(kind, otherwise);
    this.statement({ kind: 'if', condition, first, second });
    for (const resource of changed) this.touch(resource);
  }

  /** The result of a function of vectors that has no effects. */
  call(target: number, args: readonly Node[]): Node {
    return this.make('call', 'v128', args, { target });
  }

  /** `common`, replaced by what `rare` builds if the condition holds. Builds no loads. */
  rarely(condition: Node, common: readonly Node[], rare: () => readonly Node[]): readonly Node[] {
    const wasQuiet = this.isQuiet;
    this.isQuiet = true; // the registers are new: nothing that is known changes
    const registers = common.map(({ type }) => this.register(type));
    const assign = (values: readonly Node[]): void => {
      for (const [k, register] of registers.entries()) this.set(register, values[k]!);
    };
    assign(common);
    this.when(condition, registers, () => assign(rare()), undefined, 'rare');
    this.isQuiet = wasQuiet;
    const isVolatile = [condition, ...common].some((n) => n.isVolatile);
    return registers.map((register) => this.get(register, { isVolatile }));
  }

  /**
   * For i = from, from + step, … while i < to. A loop known to run at least once has no test at its
   * entrance; one known to run once is no loop.
   */
  count(
    from: Node,
    to: Node,
    step: number,
    changed: readonly Resource[],
    body: (i: Node) => void,
  ): void {
    const span = this.sub(to, from);
    const trips =
      span.op === 'i32.const' ? Math.ceil((span.immediate.value ?? 0) / step) : undefined;
    if (trips !== undefined && trips <= 0) return;
    if (trips === 1) {
      body(from);
      return;
    }
    const run = (): void => {
      const counter = this.register('i32');
      this.set(counter, from);
      this.loop([counter, ...changed], () => {
        const i = this.get(counter, { isVolatile: false, isNatural: from.isNatural });
        body(i);
        this.set(counter, this.add(i, this.i32(step)));
        return this.op('i32.lt_s', [this.get(counter), to]);
      });
    };
    if (trips !== undefined) run();
    else this.when(this.op('i32.lt_s', [from, to]), changed, run, undefined, 'guard');
  }
}
