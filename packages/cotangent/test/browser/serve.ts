import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';

/** What a server gives for each path: text or bytes. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

/** A server on this machine, and what a page of it reported. */
export interface Served {
  readonly address: string;
  /** Body of the first POST to `/report`. */
  readonly reported: Promise<string>;
  readonly close: () => void;
}

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  mjs: 'text/javascript; charset=utf-8',
  wasm: 'application/wasm',
};

/**
 * Serves files to this machine alone, every one under the content security policy given.
 *
 * @param files - by path, `/` included.
 * @param policy - value of the header `Content-Security-Policy`; `undefined`: none.
 * @param isIsolated - from other origins, so that pages have shared memory.
 */
export async function serve(files: Files, policy?: string, isIsolated = false): Promise<Served> {
  const { promise: reported, resolve } = deferred();
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    if (request.method === 'POST' && path === '/report') {
      void textOf(request).then(resolve);
      response.writeHead(204).end();
      return;
    }
    const content = files[path];
    const type = types[path === '/' ? 'html' : path.slice(path.lastIndexOf('.') + 1)];
    if (content === undefined || type === undefined) {
      response.writeHead(404).end();
      return;
    }
    if (policy !== undefined) response.setHeader('Content-Security-Policy', policy);
    if (isIsolated) {
      response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
      response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
    }
    response.writeHead(200, { 'Content-Type': type }).end(content);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  const port = typeof bound === 'object' ? bound?.port : undefined;
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { address: `http://127.0.0.1:${port}/`, reported, close };
}

function deferred(): {
  readonly promise: Promise<string>;
  readonly resolve: (text: string) => void;
} {
  let resolve: (text: string) => void = () => undefined;
  const promise = new Promise<string>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  // A request is a stream of buffers: no encoding has been set.
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks).toString('utf8');
}
