/**
 * An SMS gateway of the Fast Message family, written from its documents alone and not from our sandbox: it records every request and
 * answers as the test wants, down to broken connections.
 */

import type { Socket } from 'node:net';
import { openRecordingServer, type Asked, type RecordingServer } from './recording-server.ts';

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

export interface RecordingGateway extends RecordingServer {
  readonly requests: readonly GatewayRequest[];
  behave(behaviour: GatewayBehaviour): void;
}

/** As the documents show it. */
export const SMS_SENT =
  '{"responses":[{"response-code":200,"response-description":"Success","mobile":"254722000001","messageid":"8290842","networkid":"1"}]}';

export async function openGateway(): Promise<RecordingGateway> {
  const requests: GatewayRequest[] = [];
  let behaviour: GatewayBehaviour = { kind: 'answer', body: SMS_SENT };
  const server = await openRecordingServer((asked) => {
    requests.push(requestOf(asked));
    if (behaviour.kind === 'socket') return behaviour;
    const headers = { 'Content-Type': 'application/json', ...behaviour.headers };
    return { kind: 'answer', answer: { ...behaviour, headers } };
  });
  return { ...server, requests, behave: (next) => (behaviour = next) };
}

function requestOf({ line, headers, body }: Asked): GatewayRequest {
  const fields = body.startsWith('{') ? (JSON.parse(body) as Record<string, unknown>) : {};
  return { path: line, contentType: headers['content-type'] ?? '', fields };
}
