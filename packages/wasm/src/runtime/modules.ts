import { referenceBackend } from '@cotangent/compile';
import type { Executable, Program, Ready, Shapes, Statistics } from '@cotangent/compile';
import { assign, formatShape, isContiguous, sameShape } from '@cotangent/tensor';
import type { Tensor } from '@cotangent/tensor';
import { schedule } from '../lower/schedule.ts';
import { specialise } from '../lower/specialise.ts';
import type { Pool } from '../threads/pool.ts';
import { draw } from './blueprint.ts';
import type { Blueprint } from './blueprint.ts';
import { Cache } from './cache.ts';
import type { Kept } from './cache.ts';
import { refused } from './engine.ts';
import type { Engine } from './engine.ts';
import { instantiate } from './instance.ts';
import type { Instance } from './instance.ts';

/** Options of the backend, complete. */
export interface ModuleSettings {
  readonly cacheSize: number;
  readonly cacheBytes: number;
  /** Threads that share the work, that of the caller included. */
  readonly threads: number;
  /** Those threads; `undefined` if it is the caller alone. */
  readonly pool: Pool | undefined;
}

/** Code for one combination of input shapes. */
interface Compiled {
  readonly blueprint: Blueprint;
  readonly module: WebAssembly.Module;
}

/** What is kept for one combination of input shapes, or for one placement. */
interface Entry extends Kept {
  readonly key: string;
  readonly shapes: Shapes;
  readonly compiled: Compiled | undefined;
  /** Undefined if the reference executor runs the program. */
  readonly instance: Instance | undefined;
  /** To be called at each use: all but the first are hits. */
  readonly used: () => void;
  explain(): string;
}

/** The modules of one program, made as they are needed. */
export class Modules implements Executable {
  readonly reusesMemory = true;
  readonly #program: Program;
  readonly #engine: Engine;
  readonly #settings: ModuleSettings;
  readonly #reference: Executable;
  readonly #cache: Cache<Entry>;
  readonly #pending = new Map<string, Promise<void>>();
  readonly #placed = new Map<ArrayBufferLike, Entry>();
  #latest: Entry | undefined;
  #placements = 0;
  #releases = 0;

  constructor(
    program: Program,
    settings: ModuleSettings,
    engine: Engine,
    dropped: (ready: Ready) => void = () => {},
  ) {
    this.#program = program;
    this.#engine = engine;
    this.#settings = settings;
    this.#reference = referenceBackend.prepare(program);
    const bounds = { count: settings.cacheSize, bytes: settings.cacheBytes };
    this.#cache = new Cache<Entry>(bounds, (entry) => {
      if (entry === this.#latest) this.#latest = undefined;
      if (entry.instance === undefined) return;
      this.#placed.delete(entry.instance.memory);
      dropped(entry.instance);
      entry.instance.drop();
    });
  }

  run(inputs: readonly Tensor[]): readonly Tensor[] {
    const { instance, used } = this.#entryFor(inputs);
    if (instance === undefined) {
      used();
      return this.#reference.run(inputs);
    }
    instance.inputs.forEach((room, i) => assign(room, inputs[i]!));
    instance.run();
    return instance.outputs;
  }

  readyFor(inputs: readonly Tensor[]): Ready | undefined {
    return this.#entryFor(inputs).instance;
  }

  place(shapes: Shapes, isPlaced: readonly boolean[]): Ready | undefined {
    const same = [...this.#cache.entries()].find((entry) => sameShapes(entry.shapes, shapes));
    const compiled = same === undefined ? this.#compile(shapes) : same.compiled;
    if (compiled === undefined) return undefined;
    const key = `${keyOf(shapes)}, placement ${++this.#placements}`;
    const entry = this.#add(key, shapes, compiled, isPlaced);
    entry.used(); // so that its first call is a hit
    if (entry.instance !== undefined) this.#placed.set(entry.instance.memory, entry);
    return entry.instance;
  }

  async build(shapes: Shapes): Promise<void> {
    const key = keyOf(shapes);
    if (this.#cache.get(key) !== undefined) return;
    const pending = this.#pending.get(key) ?? this.#buildOnce(key, shapes);
    this.#pending.set(key, pending);
    await pending;
  }

  explain(): string {
    return [...this.#cache.entries()]
      .map((entry) => `module for ${entry.key}\n${entry.explain()}`)
      .join('\n');
  }

  statistics(): Statistics {
    return this.#cache.statistics;
  }

  release(): void {
    this.#releases++;
    this.#cache.clear();
  }

  #entryFor(inputs: readonly Tensor[]): Entry {
    const known = this.#placementOf(inputs) ?? this.#latest;
    if (known !== undefined && sameShapes(known.shapes, shapesOf(inputs))) return this.#use(known);
    const shapes = shapesOf(inputs);
    const key = keyOf(shapes);
    const found = this.#cache.get(key) ?? this.#add(key, shapes, this.#compile(shapes), []);
    this.#latest = found;
    return found;
  }

  #use(entry: Entry): Entry {
    this.#cache.get(entry.key);
    return entry;
  }

  /** The placement all of whose tensors are among the inputs, each in its position. */
  #placementOf(inputs: readonly Tensor[]): Entry | undefined {
    if (this.#placed.size === 0) return undefined;
    for (const { data } of inputs) {
      const entry = this.#placed.get(data.buffer);
      const instance = entry?.instance;
      if (instance === undefined) continue;
      const isComplete = instance.inputs.every(
        (room, i) => instance.isPlaced[i] !== true || isSame(inputs[i]!, room),
      );
      if (isComplete) return entry;
    }
    return undefined;
  }

  async #buildOnce(key: string, shapes: Shapes): Promise<void> {
    try {
      await this.#buildLater(key, shapes);
    } finally {
      this.#pending.delete(key);
    }
  }

  async #buildLater(key: string, shapes: Shapes): Promise<void> {
    const releases = this.#releases;
    await nextTask();
    const blueprint = this.#draw(shapes);
    await nextTask();
    const module = blueprint && (await this.#moduleLater(blueprint));
    if (this.#releases !== releases || this.#cache.get(key) !== undefined) return;
    const compiled = blueprint && module && { blueprint, module };
    this.#add(key, shapes, compiled, []).used(); // so that the first call is a hit
  }

  #compile(shapes: Shapes): Compiled | undefined {
    const blueprint = this.#draw(shapes);
    return blueprint && { blueprint, module: this.#module(blueprint) };
  }

  #module({ bytes }: Blueprint): WebAssembly.Module {
    try {
      return this.#engine.compile(bytes);
    } catch (cause) {
      throw refused(cause, bytes);
    }
  }

  async #moduleLater({ bytes }: Blueprint): Promise<WebAssembly.Module> {
    try {
      return await this.#engine.compileLater(bytes);
    } catch (cause) {
      throw refused(cause, bytes);
    }
  }

  /** Undefined where the program is left to the reference executor. */
  #draw(shapes: Shapes): Blueprint | undefined {
    const specialised = specialise(this.#program, shapes);
    if (specialised === undefined) return undefined;
    const { inputs, nodes, outputs } = specialised;
    return draw(schedule(inputs, nodes, outputs), shapes, this.#settings.threads);
  }

  #add(
    key: string,
    shapes: Shapes,
    compiled: Compiled | undefined,
    isPlaced: readonly boolean[],
  ): Entry {
    let isFresh = true;
    const used = (): void => {
      if (!isFresh) this.#cache.countHit();
      isFresh = false;
    };
    const instance =
      compiled &&
      instantiate(compiled.blueprint, compiled.module, this.#engine, {
        isPlaced,
        used,
        evaluate: (inputs) => this.#reference.run(inputs),
        pool: this.#settings.pool,
        lost: () => this.release(),
      });
    const entry: Entry = {
      key,
      shapes,
      compiled,
      instance,
      used,
      moduleBytes: compiled?.blueprint.bytes.length ?? 0,
      memoryBytes: instance?.memory.byteLength ?? 0,
      explain: () =>
        compiled === undefined
          ? 'reference executor: some shape depends on values'
          : `${compiled.blueprint.bytes.length} bytes of code, ${compiled.blueprint.pages} pages of memory\n${compiled.blueprint.explain()}`,
    };
    this.#cache.add(key, entry);
    return entry;
  }
}

function shapesOf(inputs: readonly Tensor[]): Shapes {
  return inputs.map((x) => x.shape);
}

function sameShapes(a: Shapes, b: Shapes): boolean {
  return a.every((shape, i) => sameShape(shape, b[i]!));
}

function keyOf(shapes: Shapes): string {
  return shapes.map(formatShape).join(' ');
}

/** Whether two dense tensors of one dtype are over the same elements. */
function isSame(x: Tensor, room: Tensor): boolean {
  if (x === room) return true;
  const { data, offset } = x;
  if (data.buffer !== room.data.buffer || !sameShape(x.shape, room.shape)) return false;
  const start = data.byteOffset + offset * data.BYTES_PER_ELEMENT;
  return start === room.data.byteOffset && isContiguous(x);
}

function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
