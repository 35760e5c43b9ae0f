import type { MachineType, Opcode } from '../encode/opcodes.ts';

/**
 * A machine value: one instruction on other machine values. Equal nodes of a function are one object, and
 * a node knows only the outermost region that it could be computed in; `place` decides where it is.
 */
export interface Node {
  readonly id: number;
  readonly op: Opcode | 'get' | 'copy' | 'call' | 'global';
  readonly type: MachineType;
  readonly args: readonly Node[];
  readonly immediate: Immediate;
  /** Which state of memory or of a register it reads; −1 if none. */
  readonly version: number;
  /** The region that it was first asked for in. */
  readonly home: Region;
  /** The innermost region that an operand, or the memory or register that is read, belongs to. */
  readonly earliest: Region;
  /** Its value would change if it were computed after a later write. */
  readonly isVolatile: boolean;
  /** Reads memory, itself or through an operand: not to be computed where the program would not. */
  readonly readsMemory: boolean;
  /** Known to be ≥ 0, as counters and addresses are. */
  readonly isNatural: boolean;
  /** For sums of `i32`: Σ scale · term + constant. */
  readonly linear: Linear | undefined;
}

export interface Immediate {
  /** Of `get`. */
  readonly register?: Register;
  /** Bytes added to the address of a load. */
  readonly offset?: number;
  readonly lane?: number;
  /** Of a call: a function without effects. Of `global`: which one. */
  readonly target?: number;
  /** Of a scalar constant. */
  readonly value?: number;
  /** Of `v128.const` and `i8x16.shuffle`. */
  readonly bytes?: Uint8Array;
}

/** An `i32` as Σ scale · term + constant, modulo 2³². */
export interface Linear {
  readonly terms: readonly (readonly [Node, number])[];
  readonly constant: number;
}

/** A register whose value changes: a counter, an accumulator, an assigned local, a parameter. */
export interface Register {
  readonly kind: 'register';
  readonly id: number;
  readonly type: MachineType;
  /** Position among the parameters of the function, if it is one. */
  readonly parameter?: number;
}

/** What a write changes and a read depends on: a register, or the memory behind a buffer. */
export type Resource = object;

/**
 * A list of machine statements. Values move outwards over a `loop`, which runs at least once; out of a
 * `guard`, which may not run, all but loads move; out of a `branch` only constants, out of what is
 * `rare` nothing.
 */
export interface Region {
  readonly id: number;
  readonly parent: Region | undefined;
  readonly depth: number;
  readonly kind: 'root' | 'loop' | 'guard' | 'branch' | 'rare';
  /** Index of the owning statement in the parent's statements. */
  readonly position: number;
  readonly statements: MachineStatement[];
}

export type MachineStatement =
  | { readonly kind: 'set'; readonly register: Register; readonly value: Node }
  | {
      readonly kind: 'store';
      readonly op: Opcode;
      readonly address: Node;
      readonly value: Node;
      readonly offset: number;
      readonly lane?: number;
    }
  /** Makes sure that the value, if it is used at all, is computed here or before. */
  | { readonly kind: 'pin'; readonly value: Node }
  /** Runs `body` while `again`, which is computed at its end. Within a block if `exits`. */
  | {
      readonly kind: 'loop';
      readonly body: Region;
      readonly again: Node;
      readonly exits: boolean;
    }
  /** Leaves the innermost loop, whose body it is directly in, unless the condition holds. */
  | { readonly kind: 'exitUnless'; readonly condition: Node }
  | {
      readonly kind: 'if';
      readonly condition: Node;
      /** Run if the condition holds. */
      readonly first: Region;
      /** Run if it does not. */
      readonly second: Region | undefined;
    }
  | {
      readonly kind: 'call';
      readonly target: number;
      readonly args: readonly Node[];
      readonly results: readonly Register[];
    }
  | {
      readonly kind: 'copy' | 'fill';
      readonly to: Node;
      readonly from: Node;
      readonly bytes: Node;
    }
  /** Ends the call with a trap. */
  | { readonly kind: 'unreachable' }
  /** The values the function returns; last in its root region. */
  | { readonly kind: 'return'; readonly values: readonly Node[] };

/** Operands that a statement computes itself (those of nested regions excepted; `again` is the body's). */
export function operandsOfStatement(s: MachineStatement): readonly Node[] {
  switch (s.kind) {
    case 'set':
      return [s.value];
    case 'store':
      return [s.address, s.value];
    case 'exitUnless':
    case 'if':
      return [s.condition];
    case 'call':
      return s.args;
    case 'copy':
    case 'fill':
      return [s.to, s.from, s.bytes];
    case 'return':
      return s.values;
    case 'pin':
    case 'loop':
    case 'unreachable':
      return [];
    default:
      return s satisfies never;
  }
}

/** Regions nested directly in a statement. */
export function regionsOfStatement(s: MachineStatement): readonly Region[] {
  if (s.kind === 'loop') return [s.body];
  if (s.kind !== 'if') return [];
  return s.second === undefined ? [s.first] : [s.first, s.second];
}

const freeOps: ReadonlySet<Node['op']> = new Set<Node['op']>([
  'get',
  'global',
  'i32.const',
  'f32.const',
  'f64.const',
]);

/** Nodes that cost nothing to repeat: written out at each use and never kept in a local. */
export function isFree(n: Node): boolean {
  return freeOps.has(n.op);
}
