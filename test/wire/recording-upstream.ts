/**
 * An airtime upstream as the specification describes it, written from it alone and not from our sandbox: it records every POST and
 * answers as the test wants. It never follows up with webhooks by itself.
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RecordedPost {
  readonly path: string;
  readonly authorization: string;
  readonly contentType: string;
  readonly body: string;
  /** The fields of the body, whatever its format. */
  readonly fields: Readonly<Record<string, string>>;
}

export type Behaviour =
  | { readonly kind: 'accept' }
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  | { readonly kind: 'drop' }
  /** Takes the request and answers when `release` is called, or never. */
  | { readonly kind: 'hold' };

export interface RecordingUpstream {
  readonly url: string;
  readonly posts: readonly RecordedPost[];
  behave(behaviour: Behaviour): void;
  /** Answers what is held, as an acceptance. */
  release(): void;
  close(): Promise<void>;
}

/** `port` 0: any that is free. */
export async function openUpstream(port = 0): Promise<RecordingUpstream> {
  const posts: RecordedPost[] = [];
  let behaviour: Behaviour = { kind: 'accept' };
  const held: (() => void)[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
    request.on('end', () => {
      const count = posts.push(recorded(request, body));
      const reply = (how: Behaviour): void => answer(count, fieldsOf(body), how, request, response);
      if (behaviour.kind === 'hold') held.push(() => reply({ kind: 'accept' }));
      else reply(behaviour);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    posts,
    behave: (next) => (behaviour = next),
    release: () => {
      for (const reply of held.splice(0)) reply();
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function recorded(request: IncomingMessage, body: string): RecordedPost {
  return {
    path: `${request.method} ${request.url}`,
    authorization: request.headers.authorization ?? '',
    contentType: request.headers['content-type'] ?? '',
    body,
    fields: fieldsOf(body),
  };
}

function fieldsOf(body: string): Record<string, string> {
  if (body.startsWith('{'))
    return Object.fromEntries(Object.entries(JSON.parse(body) as object).map(([key, value]) => [key, String(value)]));
  return Object.fromEntries([...body.matchAll(/<(\w+)>([^<]*)<\/\1>/g)].map(([, key = '', value = '']) => [key, value]));
}

function answer(
  count: number,
  fields: Readonly<Record<string, string>>,
  behaviour: Behaviour,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (behaviour.kind === 'drop') return void request.socket.destroy();
  if (behaviour.kind === 'status') return void response.writeHead(behaviour.status, behaviour.headers).end(behaviour.body ?? '');
  const xml = request.headers.accept === 'text/xml';
  response
    .writeHead(200, { 'content-type': xml ? 'text/xml' : 'application/json' })
    .end(xml ? acceptedXml(count, fields) : acceptedJson(count, fields));
}

function acceptedJson(count: number, fields: Readonly<Record<string, string>>): string {
  return JSON.stringify({
    status: { type: 'SUCCESS', code: '0000', message: 'Airtime Requested' },
    data: {
      errors: [],
      recipient: { name: '', mobile: fields['mobile'], email: '' },
      payment: { network: fields['payment_network'], name: '', mobile: fields['payment_mobile'], email: '' },
      transaction: {
        type: 'Airtime',
        reference: `REF${count}`,
        status: 'Requested',
        currency: 'KES',
        amount: fields['amount'],
        note: fields['note'],
        code: '',
      },
    },
  });
}

function acceptedXml(count: number, fields: Readonly<Record<string, string>>): string {
  return `<?xml version="1.0" encoding="utf-8"?>
<xml><status><type>SUCCESS</type><code>0000</code><message>Airtime Requested</message></status><data><errors/>
<recipient><name/><mobile>${fields['mobile']}</mobile><email/></recipient>
<payment><network>${fields['payment_network']}</network><name/><mobile>${fields['payment_mobile']}</mobile></payment>
<transaction><type>Airtime</type><reference>REF${count}</reference><status>Requested</status><currency>KES</currency><amount>${fields['amount']}</amount><note>${fields['note']}</note><code/></transaction>
</data></xml>`;
}
