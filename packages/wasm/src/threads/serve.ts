/** Positions of the words that threads agree by, in shared memory of 32-bit integers. */
export interface Words {
  /** Counts jobs and messages: threads that have nothing to do wait for it to change. */
  readonly wake: number;
  /** 1 while a job may be joined. */
  readonly open: number;
  /** The next part of the job that nobody does yet. */
  readonly next: number;
  /** Threads that have joined, or are about to find out whether they may. */
  readonly active: number;
  /** Threads that wait to be woken. */
  readonly sleeping: number;
  /** 1 while the caller waits to be woken. */
  readonly waiting: number;
  /** Messages that each thread is sent. */
  readonly messages: number;
  /** What went wrong: 1 if a part refused its inputs, 2 if it trapped, 3 if a thread can do no more. */
  readonly fault: number;
  readonly module: number;
  readonly region: number;
  readonly parts: number;
}

export const words: Words = {
  wake: 0,
  open: 1,
  next: 2,
  active: 3,
  sleeping: 4,
  waiting: 5,
  messages: 6,
  fault: 7,
  module: 8,
  region: 9,
  parts: 10,
};

/** What a thread is told. */
export type Message =
  /** Always the first: where to agree, and how often to look before going to sleep. */
  | {
      readonly kind: 'begin';
      readonly control: SharedArrayBuffer;
      readonly words: Words;
      readonly polls: number;
    }
  /** A module to instantiate over a memory; the names of its functions in parts are its regions. */
  | {
      readonly kind: 'add';
      readonly id: number;
      readonly module: WebAssembly.Module;
      readonly memory: WebAssembly.Memory;
      readonly scratch: number;
      readonly names: readonly string[];
    }
  | { readonly kind: 'drop'; readonly id: number };

/** Where a thread receives messages: `self` in a browser, `parentPort` in Node. */
export interface Port {
  onmessage: ((event: { readonly data: Message }) => void) | null;
}

type Part = (part: number) => unknown;

/**
 * What a worker thread does: it joins jobs, part by part, until a message waits to be received.
 *
 * It is sent to workers as text, so it must not use anything from outside, and no syntax that a compiler
 * replaces by helpers.
 */
export function serve(port: Port): void {
  const modules = new Map<number, readonly Part[]>();
  let control = new Int32Array<ArrayBufferLike>(new ArrayBuffer(0));
  let at = {} as Words; // given with the first message
  let polls = 0;
  let received = 0;

  const receive = (message: Message): void => {
    if (message.kind === 'begin') {
      control = new Int32Array(message.control);
      at = message.words;
      polls = message.polls;
    } else if (message.kind === 'add') {
      const { module, memory, scratch, names } = message;
      const { exports } = new WebAssembly.Instance(module, { env: { memory, scratch } });
      modules.set(
        message.id,
        names.map((name) => exports[name] as Part), // the names of its functions in parts
      );
    } else modules.delete(message.id);
  };

  const doParts = (): void => {
    const run = modules.get(Atomics.load(control, at.module))?.[Atomics.load(control, at.region)];
    if (run === undefined) return;
    const parts = Atomics.load(control, at.parts);
    try {
      for (let part = Atomics.add(control, at.next, 1); part < parts;) {
        run(part);
        part = Atomics.add(control, at.next, 1);
      }
    } catch (error) {
      const isTrap = error instanceof WebAssembly.RuntimeError;
      const fault = !isTrap ? 3 : /unreachable/i.test(error.message) ? 1 : 2;
      Atomics.store(control, at.fault, fault);
      Atomics.store(control, at.next, parts);
    }
  };

  const work = (): void => {
    while (Atomics.load(control, at.messages) === received) {
      const seen = Atomics.load(control, at.wake);
      Atomics.add(control, at.active, 1); // from here on the job that is open cannot be replaced
      if (Atomics.load(control, at.open) === 1) doParts();
      Atomics.sub(control, at.active, 1);
      if (Atomics.load(control, at.waiting) === 1) Atomics.notify(control, at.active);
      let left = polls;
      while (left > 0 && Atomics.load(control, at.wake) === seen) left--;
      if (left > 0) continue;
      Atomics.add(control, at.sleeping, 1);
      Atomics.wait(control, at.wake, seen);
      Atomics.sub(control, at.sleeping, 1);
    }
  };

  port.onmessage = ({ data }): void => {
    try {
      receive(data);
      received++;
      work();
    } catch (error) {
      if (control.length > 0) Atomics.store(control, at.fault, 3);
      throw error;
    }
  };
}
