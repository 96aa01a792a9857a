/**
 * What every recording upstream does, whatever it speaks: it reads a request whole, lets the test decide what comes of it, and closes
 * without waiting for anybody.
 */

import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface Asked {
  /** Method and address, as in `POST /api/services/sendsms`. */
  readonly line: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Instead of the usual answer. */
export type Trouble =
  | (Answer & { readonly kind: 'status' })
  | { readonly kind: 'drop' }
  /** Takes the request and answers when `release` is called, or never. */
  | { readonly kind: 'hold' };

export type Outcome =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'hold'; readonly answer: Answer }
  /** Whatever is done to the connection instead of an answer. */
  | { readonly kind: 'socket'; readonly act: (socket: Socket) => void };

export interface RecordingServer {
  readonly url: string;
  /** Answers what is held, in order. */
  release(): void;
  close(): Promise<void>;
}

export function outcomeOf(behaviour: Trouble | { readonly kind: 'usual' }, usual: Answer): Outcome {
  switch (behaviour.kind) {
    case 'usual':
      return { kind: 'answer', answer: usual };
    case 'hold':
      return { kind: 'hold', answer: usual };
    case 'drop':
      return { kind: 'socket', act: (socket) => socket.destroy() };
    case 'status':
      return { kind: 'answer', answer: behaviour };
  }
}

/** `port` 0: any that is free. */
export async function openRecordingServer(heard: (asked: Asked) => Outcome, port = 0): Promise<RecordingServer> {
  const held: (() => void)[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
    request.on('end', () => {
      const outcome = heard({ line: `${request.method} ${request.url}`, headers: request.headers, body });
      if (outcome.kind === 'socket') outcome.act(request.socket);
      else if (outcome.kind === 'hold') held.push(() => give(response, outcome.answer));
      else give(response, outcome.answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    release: () => {
      for (const reply of held.splice(0)) reply();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function give(response: ServerResponse, { status = 200, headers, body = '' }: Answer): void {
  response.writeHead(status, headers).end(body);
}
