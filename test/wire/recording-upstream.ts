/**
 * An airtime upstream as the specification describes it, written from it alone and not from our sandbox: it records every POST and
 * answers as the test wants. It never follows up with webhooks by itself.
 */

import {
  openRecordingServer,
  outcomeOf,
  type Answer,
  type Asked,
  type RecordingServer,
  type Trouble,
} from './recording-server.ts';

export interface RecordedPost {
  readonly path: string;
  readonly authorization: string;
  readonly contentType: string;
  readonly body: string;
  /** The fields of the body, whatever its format. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Usually it accepts. */
export type Behaviour = Trouble | { readonly kind: 'usual' };

export interface RecordingUpstream extends RecordingServer {
  readonly posts: readonly RecordedPost[];
  behave(behaviour: Behaviour): void;
}

/** `port` 0: any that is free. */
export async function openUpstream(port = 0): Promise<RecordingUpstream> {
  const posts: RecordedPost[] = [];
  let behaviour: Behaviour = { kind: 'usual' };
  const server = await openRecordingServer((asked) => {
    const post = recorded(asked);
    const count = posts.push(post);
    return outcomeOf(behaviour, accepted(count, post.fields, asked.headers.accept === 'text/xml'));
  }, port);
  return { ...server, posts, behave: (next) => (behaviour = next) };
}

function recorded({ line, headers, body }: Asked): RecordedPost {
  return {
    path: line,
    authorization: headers.authorization ?? '',
    contentType: headers['content-type'] ?? '',
    body,
    fields: fieldsOf(body),
  };
}

function fieldsOf(body: string): Record<string, string> {
  if (body.startsWith('{'))
    return Object.fromEntries(Object.entries(JSON.parse(body) as object).map(([key, value]) => [key, String(value)]));
  return Object.fromEntries([...body.matchAll(/<(\w+)>([^<]*)<\/\1>/g)].map(([, key = '', value = '']) => [key, value]));
}

function accepted(count: number, fields: Readonly<Record<string, string>>, xml: boolean): Answer {
  return {
    headers: { 'content-type': xml ? 'text/xml' : 'application/json' },
    body: xml ? acceptedXml(count, fields) : acceptedJson(count, fields),
  };
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
