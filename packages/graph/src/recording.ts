import type { Apply } from './apply.ts';

// Scoped by withRecordedNodes: undefined outside of every call.
let recorder: Set<Apply> | undefined;

/** What {@link withRecordedNodes} returns. */
export interface Recorded<T> {
  readonly value: T;
  /** The nodes built meanwhile. */
  readonly nodes: ReadonlySet<Apply>;
}

/**
 * Runs `build` and records the nodes that are built meanwhile: for ops whose arguments are functions that
 * build a graph, such as the branches of a condition.
 *
 * @example withRecordedNodes(() => mul(exp(x), y)).nodes.size // 2
 */
export function withRecordedNodes<T>(build: () => T): Recorded<T> {
  const outer = recorder;
  const nodes = new Set<Apply>();
  recorder = nodes;
  try {
    return { value: build(), nodes };
  } finally {
    recorder = outer;
    if (outer !== undefined) for (const node of nodes) outer.add(node);
  }
}

/** Tells the recorder, if there is one, of a new node. */
export function recordNode(node: Apply): void {
  recorder?.add(node);
}
