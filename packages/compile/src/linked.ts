import { copy, isContiguous, isTensor, assign } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import type { Ready } from './backend.ts';
import type { Request } from './request.ts';
import { copyRoom, fitsRoom, isIn, isRoom, roomOf, storeArgument, writeRoom } from './rooms.ts';
import type { Shared } from './shared.ts';

/** A shared variable that a program reads, and the room where the program reads it. */
interface Resident {
  readonly variable: Shared;
  readonly room: Tensor;
  /** Version of the value that the room holds; −1 for none. */
  version: number;
}

/** An update that need not leave the memory: from the result to the room of the variable. */
interface Move {
  readonly from: Tensor;
  readonly resident: Resident;
}

/**
 * A {@link Ready} program in the hands of a compiled function. Calls like the one before take the short way
 * here: `receive`, `run`, `results` or `send`, `commit`, none of which checks or makes more than it must.
 * Where the short way does not go, it says so before anything outside has changed.
 */
export class Linked {
  readonly #ready: Ready;
  readonly #arguments: readonly Tensor[];
  readonly #residents: readonly Resident[];
  /** Results as rooms, in place of those that are not dense `undefined`. */
  readonly #results: readonly (Tensor | undefined)[];
  readonly #moves: readonly Move[] | undefined;
  /** The memory, if tensors of it may come as arguments. */
  readonly #memory: ArrayBufferLike | undefined;

  constructor(ready: Ready, request: Request, borrow: boolean) {
    const count = request.inputs.length;
    this.#ready = ready;
    this.#arguments = ready.inputs.slice(0, count);
    this.#residents = request.read.map((variable, k) => {
      return { variable, room: ready.inputs[count + k]!, version: -1 };
    });
    const computed = ready.outputs.map((y) => (isContiguous(y) ? roomOf(y) : undefined));
    this.#results = computed.slice(0, request.outputCount);
    const updates = computed.slice(request.outputCount);
    // A borrowed result may be a view of a room that an update is about to fill.
    const mayMove = !borrow || updates.length === 0;
    this.#moves = mayMove ? movesOf(updates, request.updated, this.#residents) : undefined;
    const isExposed = borrow || ready.isPlaced.includes(true);
    this.#memory = isExposed ? memoryOf(ready) : undefined;
  }

  /** Whether updates can stay in the memory; if not they must be applied from copies. */
  get keepsUpdates(): boolean {
    return this.#moves !== undefined;
  }

  /** Whether all arguments could be stored, and shared values are there. */
  receive(args: readonly unknown[]): boolean {
    const rooms = this.#arguments;
    const { isPlaced } = this.#ready;
    if (args.length !== rooms.length) return false;
    if (this.#memory !== undefined && !this.#isSafe(args, this.#memory)) return false;
    for (let i = 0; i < rooms.length; i++) {
      if (isPlaced[i] !== true && !storeArgument(rooms[i]!, args[i])) return false;
    }
    for (const { variable, version } of this.#residents) {
      if (variable.cell.version !== version) return false;
    }
    return true;
  }

  /** Whether placed tensors are where they belong, and nothing else is in the memory: to store might change it. */
  #isSafe(args: readonly unknown[], memory: ArrayBufferLike): boolean {
    for (let i = 0; i < args.length; i++) {
      const isRight =
        this.#ready.isPlaced[i] === true ? args[i] === this.#arguments[i] : !isIn(args[i], memory);
      if (!isRight) return false;
    }
    return true;
  }

  /** Stores all inputs, which have the right types and shapes. */
  write(values: readonly Tensor[]): void {
    const rooms = this.#ready.inputs;
    const safe = values.map((x, i) => withoutRisk(x, rooms[i]!));
    const count = this.#arguments.length;
    for (let i = 0; i < count; i++) store(rooms[i]!, safe[i]!);
    this.#residents.forEach((resident, k) => {
      const { version } = resident.variable.cell;
      if (version === resident.version) return;
      resident.version = -1;
      store(resident.room, safe[count + k]!);
      resident.version = version;
    });
  }

  /** Everything computed, valid until the next run. */
  run(): readonly Tensor[] {
    this.#ready.run();
    return this.#ready.outputs;
  }

  /** The results in storage of their own. */
  results(): readonly Tensor[] {
    const made: Tensor[] = [];
    for (let j = 0; j < this.#results.length; j++) {
      const room = this.#results[j];
      made.push(room === undefined ? copy(this.#ready.outputs[j]!) : copyRoom(room));
    }
    return made;
  }

  /** Views of the results. */
  borrowed(): readonly Tensor[] {
    return this.#ready.outputs.slice(0, this.#results.length);
  }

  /** The only result, in storage of its own. */
  result(): Tensor {
    const room = this.#results[0];
    return room === undefined ? copy(this.#ready.outputs[0]!) : copyRoom(room);
  }

  /** Whether `send` can write to target `j`, which the caller found to be no other target. */
  accepts(out: unknown, j: number): out is Tensor {
    const room = this.#results[j];
    if (room === undefined || !isTensor(out) || !fitsRoom(out, room)) return false;
    return this.#memory === undefined || out.data.buffer !== this.#memory;
  }

  send(out: Tensor, j: number): void {
    writeRoom(out, this.#results[j]!);
  }

  /** Applies the updates inside the memory. */
  commit(): void {
    const moves = this.#moves;
    if (moves === undefined) return;
    for (let k = 0; k < moves.length; k++) {
      const { from, resident } = moves[k]!;
      const { room, variable } = resident;
      writeRoom(room, from);
      variable.cell.lend(room);
      resident.version = variable.cell.version;
    }
  }

  /** Gives shared variables storage of their own before the memory goes. */
  settle(): void {
    for (const { variable, room } of this.#residents) {
      if (variable.cell.value === room) variable.cell.settle();
    }
  }
}

function memoryOf({ inputs, outputs }: Ready): ArrayBufferLike | undefined {
  return (inputs[0] ?? outputs[0])?.data.buffer;
}

function store(room: Tensor, value: Tensor): void {
  if (isRoom(value, room)) return;
  if (fitsRoom(value, room)) storeArgument(room, value);
  else assign(room, value);
}

/** A copy of what lies elsewhere in the same memory, where storing other inputs might change it. */
function withoutRisk(value: Tensor, room: Tensor): Tensor {
  return value.data.buffer !== room.data.buffer || isRoom(value, room) ? value : copy(value);
}

/** How updates get to the rooms of their variables; `undefined` if one has none or is in another's way. */
function movesOf(
  updates: readonly (Tensor | undefined)[],
  updated: readonly Shared[],
  residents: readonly Resident[],
): readonly Move[] | undefined {
  const moves: Move[] = [];
  for (const [i, from] of updates.entries()) {
    const resident = residents.find(({ variable }) => variable === updated[i]);
    if (resident === undefined || from === undefined) return undefined;
    if (!fitsRoom(from, resident.room)) return undefined;
    moves.push({ from, resident });
  }
  const isInTheWay = moves.some((move) =>
    moves.some((other) => other !== move && overlap(move.from, other.resident.room)),
  );
  return isInTheWay ? undefined : moves;
}

/** Whether two rooms in one memory have bytes in common. */
function overlap({ data: a }: Tensor, { data: b }: Tensor): boolean {
  return a.byteOffset < b.byteOffset + b.byteLength && b.byteOffset < a.byteOffset + a.byteLength;
}
