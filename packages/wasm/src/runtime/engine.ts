import { CotangentError, ValueError } from '@cotangent/tensor';

/** What a backend asks of the WebAssembly engine. */
export interface Engine {
  /** @param isShared - by several threads: then it must not grow. */
  memory(pages: number, isShared: boolean): WebAssembly.Memory;
  compile(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module;
  /** The same outside the calling task. */
  compileLater(bytes: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module>;
}

/** That of the host. */
export const hostEngine: Engine = {
  memory: (pages, isShared) =>
    new WebAssembly.Memory(
      isShared ? { initial: pages, maximum: pages, shared: true } : { initial: pages },
    ),
  compile: (bytes) => new WebAssembly.Module(bytes),
  compileLater: (bytes) => WebAssembly.compile(bytes),
};

/** Bytes of a page. */
export const pageBytes = 65536;

/** The most pages that 32-bit addresses reach: 4 GiB. */
const mostPages = 65536;

/**
 * Pages for a number of bytes.
 *
 * @throws ValueError `WASM_TOO_LARGE` beyond 4 GiB.
 */
export function pagesFor(bytes: number): number {
  const pages = Math.max(1, Math.ceil(bytes / pageBytes));
  if (pages <= mostPages) return pages;
  throw new ValueError(`wasm: the graph needs ${pages} pages of memory, more than ${mostPages}`, {
    code: 'WASM_TOO_LARGE',
    hint: "a module addresses 4 GiB; work on smaller batches, or compile with mode: 'reference'",
    data: { pages },
  });
}

/**
 * A memory that never grows.
 *
 * @throws CotangentError `WASM_NO_MEMORY` if the engine has no more to give.
 */
export function memoryOf(engine: Engine, pages: number, isShared: boolean): WebAssembly.Memory {
  try {
    return engine.memory(pages, isShared);
  } catch (cause) {
    throw new CotangentError(`wasm: no memory for ${pages} pages of 64 KiB`, {
      code: 'WASM_NO_MEMORY',
      hint: 'call release() of compiled functions that are not needed now, or work on smaller batches',
      data: { pages },
      cause,
    });
  }
}

/** What an engine threw that refuses a module, as an error of this library. */
export function refused(cause: unknown, bytes: Uint8Array): CotangentError {
  return new CotangentError(
    `wasm: the engine refuses a module of ${bytes.length} bytes: ${String(cause)}`,
    {
      code: 'WASM_REFUSED',
      hint: "a page's content security policy must allow 'wasm-unsafe-eval'; a module may be too large for the engine",
      data: { bytes: bytes.length },
      cause,
    },
  );
}

/**
 * What a module threw, as an error of this library; what an op's own evaluation threw, as it is. Nothing
 * but results is written during a run, so that the next one is not harmed.
 */
export function trapped(thrown: unknown): unknown {
  if (!(thrown instanceof WebAssembly.RuntimeError)) return thrown;
  return new CotangentError(`wasm: the module trapped: ${thrown.message}`, {
    code: 'WASM_TRAP',
    hint: "no result was written; compile with mode: 'debug' to see which op it was",
    cause: thrown,
  });
}

/** Whether a module gave up of its own accord: `refuse` of the loop language is the only `unreachable` in it. */
export function isRefusal(thrown: unknown): boolean {
  return thrown instanceof WebAssembly.RuntimeError && /unreachable/i.test(thrown.message);
}
