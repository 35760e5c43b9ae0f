import type { Ready } from './backend.ts';
import { Linked } from './linked.ts';
import type { Request } from './request.ts';

/** The {@link Linked} programs of one compiled function, for as long as the backend keeps them. */
export class Links {
  readonly #request: Request;
  readonly #borrow: boolean;
  readonly #linked = new Map<Ready, Linked>();
  #latest: Linked | undefined;

  constructor(request: Request, borrow: boolean) {
    this.#request = request;
    this.#borrow = borrow;
  }

  /** That of the call before. */
  get latest(): Linked | undefined {
    return this.#latest;
  }

  /** That of a program, which becomes the latest. */
  of(ready: Ready): Linked {
    const linked = this.#linked.get(ready) ?? new Linked(ready, this.#request, this.#borrow);
    this.#linked.set(ready, linked);
    this.#latest = linked;
    return linked;
  }

  /** To be called when the backend lets go of a program. */
  drop(ready: Ready): void {
    const linked = this.#linked.get(ready);
    if (linked === undefined) return;
    linked.settle();
    this.#linked.delete(ready);
    if (this.#latest === linked) this.#latest = undefined;
  }
}
