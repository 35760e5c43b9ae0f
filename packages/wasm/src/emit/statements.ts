import type { Accumulate, Buffer, For, Index, Local, Statement, Value } from '@cotangent/loops';
import { planVector } from './analysis.ts';
import type { VectorPlan } from './analysis.ts';
import type { Base, Builder } from './builder.ts';
import { Elementary } from './elementary.ts';
import type { FunctionTable } from './elementary.ts';
import { EmitError } from './errors.ts';
import { VectorLoop } from './loop.ts';
import type { Node, Register, Resource } from './node.ts';
import { freeNames, outlineOf, valuesIn } from './outline.ts';
import type { Outline } from './outline.ts';
import { scalarIdentity } from './reduce.ts';
import { isExact, scalarBinary } from './scalar.ts';
import { Scope } from './scope.ts';
import { allStatements, changedLocals, storedBuffers } from './written.ts';
import type { Helpers } from '../kernels/helpers.ts';
import type { Scratch } from '../kernels/shape.ts';
import { emitProduct } from '../kernels/statement.ts';

/** What the functions of a module share. */
export interface Shared {
  readonly helpers: Helpers;
  readonly functions: FunctionTable;
  readonly scratch: Scratch | undefined;
}

/** Emits a list of statements into a function under construction. */
export function emitStatements(
  b: Builder,
  shared: Shared,
  bases: ReadonlyMap<Buffer, Base>,
  body: readonly Statement[],
  names: readonly (readonly [Index, Node])[] = [],
): void {
  const scope = scopeFor(b, shared, bases, body);
  for (const [name, node] of names) scope.bind(name, node);
  new StatementEmitter(scope, shared).all(body);
}

/** More elementary functions than these in one function of the module are called, not expanded. */
const mostExpanded = 24;

/** How many elementary functions statements apply. */
function applicationsIn(statements: readonly Statement[]): number {
  let count = 0;
  for (const x of valuesIn(statements)) if (x.kind === 'unary' && !isExact(x.op)) count++;
  return count;
}

function scopeFor(
  b: Builder,
  shared: Shared,
  bases: ReadonlyMap<Buffer, Base>,
  body: readonly Statement[],
): Scope {
  const statements = allStatements(body);
  const registers = new Map(
    [...changedLocals(statements)].map((x) => [x, b.register(x.type)] as const),
  );
  const elementary = new Elementary(b, shared, applicationsIn(statements) > mostExpanded);
  return new Scope(b, elementary, bases, storedBuffers(statements), registers);
}

class StatementEmitter {
  private readonly scope: Scope;
  private readonly shared: Shared;
  /** Loops around the statement. */
  private depth = 0;

  constructor(scope: Scope, shared: Shared) {
    this.scope = scope;
    this.shared = shared;
  }

  all(statements: readonly Statement[]): void {
    for (const s of statements) this.one(s);
  }

  private inside(statements: readonly Statement[]): void {
    this.depth++;
    this.all(statements);
    this.depth--;
  }

  private one(s: Statement): void {
    const { scope } = this;
    const b = scope.builder;
    switch (s.kind) {
      case 'let':
        return this.bind(s.local, scope.scalar(s.value));
      case 'assign':
        return b.set(registerOf(scope, s.local), scope.scalar(s.value));
      case 'accumulate':
        return this.accumulate(s);
      case 'store':
        return scope.store(s.buffer, scope.scalar(s.at), scope.scalar(s.value));
      case 'if':
        return b.when(
          scope.scalar(s.condition),
          this.changedBy([s]),
          () => this.inside(s.body),
          s.otherwise.length > 0 ? () => this.inside(s.otherwise) : undefined,
        );
      case 'while':
        return this.whileLoop(s.condition, s.body);
      case 'for':
        return this.loop(s);
      case 'block':
        return this.depth === 0 ? this.standalone(s.body) : this.called(s.body);
      case 'refuse':
        return b.statement({ kind: 'unreachable' });
      case 'matrixProduct':
        return emitProduct(scope, this.shared.helpers, this.shared.scratch, s);
      default:
        return s satisfies never;
    }
  }

  private bind(local: Local, value: Node): void {
    const b = this.scope.builder;
    const register = this.scope.registers.get(local);
    if (register) return b.set(register, value);
    const node = b.frozen(value);
    if (node.isVolatile) b.statement({ kind: 'pin', value: node });
    this.scope.bind(local, node);
  }

  private accumulate(s: Accumulate): void {
    const b = this.scope.builder;
    const register = registerOf(this.scope, s.local);
    b.set(register, scalarBinary(b, s.op, b.get(register), this.scope.scalar(s.value)));
  }

  private whileLoop(condition: Value, body: readonly Statement[]): void {
    const { scope } = this;
    const b = scope.builder;
    const build = (): Node => {
      b.statement({ kind: 'exitUnless', condition: scope.scalar(condition) });
      this.inside(body);
      return b.i32(1);
    };
    b.loop(this.changedBy(body), build, { exits: true });
  }

  private loop(s: For): void {
    const { scope } = this;
    const plan = s.vector ? planVector(s) : undefined;
    const outline = this.depth === 0 ? outlineOf(s) : undefined;
    const to = scope.builder.frozen(scope.scalar(s.to));
    const from = scope.scalar(s.from);
    if (outline === undefined) this.range(s, plan, from, to);
    else this.outlined(s, plan, from, to, outline);
  }

  private range(s: For, plan: VectorPlan | undefined, from: Node, to: Node): void {
    if (plan === undefined) return this.scalarLoop(s, from, to);
    new VectorLoop(this.scope, s, plan).emit(from, to, (rest) =>
      this.scope.functions.calling(() => this.scalarLoop(s, rest, to)),
    );
  }

  private scalarLoop(s: For, from: Node, to: Node): void {
    const { scope } = this;
    scope.builder.count(from, to, 1, this.changedBy(s.body), (i) => {
      scope.bind(s.index, i);
      this.inside(s.body);
    });
  }

  /** Calls a function of its own for every `chunk` iterations, and combines what it returns. */
  private outlined(
    s: For,
    plan: VectorPlan | undefined,
    from: Node,
    to: Node,
    { chunk, reductions, names }: Outline,
  ): void {
    const { scope, shared } = this;
    const b = scope.builder;
    const given = basesOf(scope);
    const outer = names.map((name) => b.frozen(scope.scalar(name)));
    const types = reductions.map(([local]) => local.type);
    const addresses = given.map(() => 'i32' as const);
    const taken = [...addresses, 'i32' as const, 'i32' as const, ...outer.map(({ type }) => type)];
    const target = shared.helpers.add(taken, types, (inner, parameters) => {
      const inside = scopeFor(inner, shared, rebased(scope.bases, given, parameters), [s]);
      const [first, last, ...values] = parameters.slice(given.length);
      names.forEach((name, k) => inside.bind(name, values[k]!));
      for (const [local, op] of reductions)
        inner.set(registerOf(inside, local), scalarIdentity(inner, op, local.type));
      const emitter = new StatementEmitter(inside, shared);
      emitter.depth = 1;
      emitter.range(s, plan, first!, last!);
      const sums = reductions.map(([local]) => inner.get(registerOf(inside, local)));
      inner.statement({ kind: 'return', values: sums });
    });
    const changed = this.changedBy(s.body);
    const parts = types.map((type) => b.register(type));
    b.count(from, to, chunk, [...changed, ...parts], (i) => {
      const end = b.add(i, b.i32(chunk));
      const last = b.op('select', [end, to, b.op('i32.lt_s', [end, to])]);
      const args = [...given.map(({ node }) => node), i, last, ...outer];
      b.statement({ kind: 'call', target, args, results: parts });
      for (const resource of [...parts, ...storedBuffers(allStatements(s.body))]) b.touch(resource);
      for (const [k, [local, op]] of reductions.entries()) {
        const register = registerOf(scope, local);
        b.set(register, scalarBinary(b, op, b.get(register), b.get(parts[k]!)));
      }
    });
  }

  /** Emits a block where it is: its names are its own. */
  private standalone(body: readonly Statement[]): void {
    const { scope, shared } = this;
    const inside = scopeFor(scope.builder, shared, scope.bases, body);
    for (const name of freeNames(body)) inside.bind(name, scope.scalar(name));
    new StatementEmitter(inside, shared).all(body);
    inside.close();
  }

  /** Emits a block as a function of what it reads from outside, and calls it. */
  private called(body: readonly Statement[]): void {
    const { scope, shared } = this;
    const b = scope.builder;
    const bases = basesOf(scope);
    const names = freeNames(body);
    const types = names.map((name) => (name.kind === 'local' ? name.type : 'i32'));
    const parameters = [...bases.map(() => 'i32' as const), ...types];
    const target = shared.helpers.add(parameters, [], (inner, given) => {
      const inside = scopeFor(inner, shared, rebased(scope.bases, bases, given), body);
      names.forEach((name, k) => inside.bind(name, given[bases.length + k]!));
      new StatementEmitter(inside, shared).all(body);
    });
    const args = [...bases.map(({ node }) => node), ...names.map((name) => scope.scalar(name))];
    b.statement({ kind: 'call', target, args, results: [] });
    for (const resource of storedBuffers(allStatements(body))) b.touch(resource);
  }

  private changedBy(body: readonly Statement[]): readonly Resource[] {
    const statements = allStatements(body);
    const locals = [...changedLocals(statements)].map((local) => registerOf(this.scope, local));
    return [...locals, ...storedBuffers(statements)];
  }
}

interface Given {
  readonly buffer: Buffer;
  readonly node: Node;
}

/** Buffers whose addresses are not constants of the code. */
function basesOf(scope: Scope): readonly Given[] {
  return [...scope.bases].flatMap(([buffer, { node }]) => (node ? [{ buffer, node }] : []));
}

/** The addresses of buffers in a function that receives those that are not constants. */
function rebased(
  bases: ReadonlyMap<Buffer, Base>,
  given: readonly Given[],
  parameters: readonly Node[],
): ReadonlyMap<Buffer, Base> {
  const inside = new Map(bases);
  for (const [k, { buffer }] of given.entries())
    inside.set(buffer, { node: parameters[k], constant: 0 });
  return inside;
}

function registerOf(scope: Scope, local: Local): Register {
  const register = scope.registers.get(local);
  if (register) return register;
  throw new EmitError(`emitModule: '${local.name}' is not a register`, 'bind it by let first');
}
