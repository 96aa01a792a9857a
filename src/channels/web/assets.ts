/**
 * Owns the files of the page. They are read once, packed once, and served under a path that carries their hash, so that a
 * phone loads them a single time. Only names that lie in the folder are served.
 */

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const FOLDER = new URL('./assets/', import.meta.url);
const TYPES: Record<string, string> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

export interface Assets {
  /** The address of a file, as in `/assets/web/3f9a.../chat.js`. */
  urlOf(name: string): string;
  /** The answer to a path under /assets/web/, or null: no such file. */
  serve(path: string, request: Request): Response | null;
}

export function loadAssets(): Assets {
  const hash = createHash('sha256');
  const files = new Map<string, { type: string; plain: Buffer; packed: Buffer }>();
  for (const name of readdirSync(FOLDER).sort()) {
    const type = TYPES[name.slice(name.lastIndexOf('.') + 1)];
    if (type === undefined) continue;
    const plain = readFileSync(new URL(name, FOLDER));
    hash.update(name).update(plain);
    files.set(name, { type, plain, packed: gzipSync(plain, { level: 9 }) });
  }
  const version = hash.digest('hex').slice(0, 16);
  return {
    urlOf: (name) => `/assets/web/${version}/${name}`,
    serve(path, request) {
      const [, asked, name] = /^\/assets\/web\/([0-9a-f]{16})\/([\w.-]+)$/.exec(path) ?? [];
      const file = name === undefined ? undefined : files.get(name);
      if (file === undefined) return null;
      const packed = /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '');
      return new Response(new Uint8Array(packed ? file.packed : file.plain), {
        headers: {
          'content-type': file.type,
          // A page from before an update asks for its old files and gets today's; it must not keep them under the old name.
          'cache-control': asked === version ? 'public, max-age=31536000, immutable' : 'no-cache',
          vary: 'accept-encoding',
          ...(packed ? { 'content-encoding': 'gzip' } : {}),
        },
      });
    },
  };
}
