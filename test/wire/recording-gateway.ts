/**
 * An SMS gateway of the Fast Message family, written from its documents alone and not from our sandbox: it records every request and
 * answers as the test wants, down to broken connections.
 */

import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface GatewayRequest {
  /** Method and address, as in `POST /api/services/sendsms`. */
  readonly path: string;
  readonly contentType: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export type GatewayBehaviour =
  | {
      readonly kind: 'answer';
      readonly status?: number;
      readonly body: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Whatever is done to the connection instead of an answer. */
  | { readonly kind: 'socket'; readonly act: (socket: Socket) => void };

export interface RecordingGateway {
  readonly url: string;
  readonly requests: readonly GatewayRequest[];
  behave(behaviour: GatewayBehaviour): void;
  close(): Promise<void>;
}

/** As the documents show it. */
export const SMS_SENT =
  '{"responses":[{"response-code":200,"response-description":"Success","mobile":"254722000001","messageid":"8290842","networkid":"1"}]}';

export async function openGateway(): Promise<RecordingGateway> {
  const requests: GatewayRequest[] = [];
  let behaviour: GatewayBehaviour = { kind: 'answer', body: SMS_SENT };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
    request.on('end', () => {
      const contentType = request.headers['content-type'] ?? '';
      const fields = body.startsWith('{') ? (JSON.parse(body) as Record<string, unknown>) : {};
      requests.push({ path: `${request.method} ${request.url}`, contentType, fields });
      perform(behaviour, request.socket, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    behave: (next) => (behaviour = next),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function perform(behaviour: GatewayBehaviour, socket: Socket, response: ServerResponse): void {
  if (behaviour.kind === 'socket') return behaviour.act(socket);
  response.writeHead(behaviour.status ?? 200, { 'Content-Type': 'application/json', ...behaviour.headers });
  response.end(behaviour.body);
}
