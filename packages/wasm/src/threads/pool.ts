import { CotangentError } from '@cotangent/tensor';
import type { WorkerFactory, WorkerLike } from './host.ts';
import { words } from './serve.ts';
import type { Message } from './serve.ts';

/** A module in shared memory, as the threads need it. */
export interface SharedModule {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Where each thread packs operands; the first is that of the caller. */
  readonly scratches: readonly number[];
  /** Its functions that take the number of a part: its regions. */
  readonly names: readonly string[];
}

/** How long threads look for work, or for the end of it, before they go to sleep: some microseconds. */
const polls = 3000;

/** Milliseconds without a sign of life, beside the expected, after which a thread is taken for dead. */
const patience = 10_000;

/**
 * The worker threads of a backend. They are started when the first module is added and end when the last is
 * dropped; they do not keep a process alive. Modules that their threads do not know yet run on the calling
 * thread alone, so nothing ever waits for a thread to start.
 */
export class Pool {
  readonly #count: number;
  readonly #make: WorkerFactory;
  readonly #patience: number;
  readonly #modules = new Map<number, SharedModule>();
  readonly #forgotten = new FinalizationRegistry<number>((id) => this.drop(id));
  #crew: Crew | undefined;
  #cause: unknown;
  #added = 0;

  /** @param count - threads, that of the caller included. */
  constructor(count: number, make: WorkerFactory, silence: number = patience) {
    this.#count = count;
    this.#make = make;
    this.#patience = silence;
  }

  /**
   * @returns the module's number.
   * @throws CotangentError `WASM_WORKER` if threads cannot be started.
   */
  add(module: SharedModule): number {
    const id = this.#added++;
    this.#modules.set(id, module);
    if (this.#crew === undefined) this.#started();
    else this.#crew.add(id, module);
    return id;
  }

  /** Drops a module when its user has been collected without having done so. */
  dropWith(user: object, id: number): void {
    this.#forgotten.register(user, id);
  }

  drop(id: number): void {
    if (!this.#modules.delete(id)) return;
    if (this.#modules.size === 0) this.#end();
    else this.#crew?.send(() => ({ kind: 'drop', id }));
  }

  /**
   * Runs all parts of a region, some of them on the calling thread.
   *
   * @param nanoseconds - that a part takes, roughly.
   * @throws what a part throws on this thread, or WebAssembly.RuntimeError if it trapped on another;
   *   CotangentError `WASM_WORKER` if a thread died. Then memory of the module may still be written to.
   */
  run(id: number, region: number, count: number, nanoseconds: number, part: Part): void {
    const crew = this.#crew ?? this.#started();
    try {
      crew.run(id, region, count, this.#patience + nanoseconds * 1e-4, part);
    } catch (error) {
      if (!(error instanceof Loss)) throw error;
      this.#end();
      throw lost(error.message, this.#cause);
    }
  }

  #started(): Crew {
    this.#cause = undefined;
    const crew = this.#newCrew();
    this.#crew = crew;
    for (const [id, module] of this.#modules) crew.add(id, module);
    return crew;
  }

  #newCrew(): Crew {
    try {
      // The workers hold this pool, so that it outlives its users and learns of their end.
      return new Crew(this.#count - 1, this.#make, (cause) => {
        this.#cause ??= cause;
      });
    } catch (cause) {
      throw lost('cannot be started', cause);
    }
  }

  #end(): void {
    this.#crew?.end();
    this.#crew = undefined;
  }
}

/** A thread has been lost. */
class Loss extends Error {}

/** The fault after which no more work is given to the threads. */
const lostThread = 3;

type Part = (part: number) => void;

/** Threads that have been started together. */
class Crew {
  readonly #workers: readonly WorkerLike[];
  readonly #control: Int32Array<SharedArrayBuffer>;
  readonly #mayWait: boolean;

  constructor(count: number, make: WorkerFactory, onLoss: (cause: unknown) => void) {
    const shared = new SharedArrayBuffer(64 * Int32Array.BYTES_PER_ELEMENT);
    this.#control = new Int32Array(shared);
    this.#mayWait = mayWait(this.#control);
    this.#workers = Array.from({ length: count }, () => this.#started(make(), onLoss));
    this.send(() => ({ kind: 'begin', control: shared, words, polls }));
  }

  #started(worker: WorkerLike, onLoss: (cause: unknown) => void): WorkerLike {
    const failed = (cause: unknown): void => {
      onLoss(cause);
      Atomics.store(this.#control, words.fault, lostThread);
    };
    worker.on?.('error', failed);
    worker.on?.('exit', failed);
    if (worker.on === undefined) worker.addEventListener?.('error', failed);
    worker.unref?.();
    return worker;
  }

  add(id: number, { module, memory, scratches, names }: SharedModule): void {
    this.send((k) => ({ kind: 'add', id, module, memory, scratch: scratches[k + 1]!, names }));
  }

  /** Sends each thread a message: those that look for work are told to look for it. */
  send(messageTo: (worker: number) => Message): void {
    const control = this.#control;
    Atomics.add(control, words.messages, 1);
    Atomics.add(control, words.wake, 1);
    Atomics.notify(control, words.wake);
    this.#workers.forEach((worker, k) => worker.postMessage(messageTo(k)));
  }

  run(id: number, region: number, count: number, silence: number, part: Part): void {
    const control = this.#control;
    Atomics.compareExchange(control, words.fault, this.#check('has ended'), 0); // left by a job that failed here too
    control[words.module] = id;
    control[words.region] = region;
    control[words.parts] = count;
    control[words.next] = 0;
    Atomics.store(control, words.open, 1);
    Atomics.add(control, words.wake, 1);
    if (Atomics.load(control, words.sleeping) > 0) Atomics.notify(control, words.wake);
    try {
      for (let k = Atomics.add(control, words.next, 1); k < count;) {
        part(k);
        k = Atomics.add(control, words.next, 1);
      }
    } finally {
      Atomics.store(control, words.next, count);
      Atomics.store(control, words.open, 0);
      this.#join(silence);
    }
    const fault = this.#check('could not go on');
    if (fault !== 0) throw new WebAssembly.RuntimeError(fault === 1 ? 'unreachable' : 'a trap');
  }

  #check(what: string): number {
    const fault = Atomics.load(this.#control, words.fault);
    if (fault === lostThread) throw new Loss(what);
    return fault;
  }

  /** Waits until no thread works on the job. */
  #join(silence: number): void {
    const control = this.#control;
    for (let k = 0; k < polls; k++) if (Atomics.load(control, words.active) === 0) return;
    const start = performance.now();
    Atomics.store(control, words.waiting, 1);
    for (;;) {
      const active = Atomics.load(control, words.active);
      if (active === 0) break;
      if (performance.now() - start > silence) throw new Loss('gives no sign of life');
      if (this.#mayWait) Atomics.wait(control, words.active, active, 100);
    }
    Atomics.store(control, words.waiting, 0);
  }

  end(): void {
    for (const worker of this.#workers) void worker.terminate();
  }
}

/** Whether this thread may sleep: that of a page must not. */
function mayWait(control: Int32Array<SharedArrayBuffer>): boolean {
  try {
    Atomics.wait(control, words.wake, 1, 0); // it is 0
    return true;
  } catch {
    return false;
  }
}

function lost(what: string, cause: unknown): CotangentError {
  return new CotangentError(`wasm: a worker thread ${what}`, {
    code: 'WASM_WORKER',
    hint: 'nothing but memory of the module was written; the next call starts new threads, threads: 1 needs none',
    cause,
  });
}
