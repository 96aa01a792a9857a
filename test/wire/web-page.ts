/** A page of the web chat without a browser: keeps the cookie, posts as the page does, and reads server-sent events. */

export interface PageEvent {
  readonly event: string;
  readonly id: string | null;
  readonly data: Record<string, unknown>;
}

export class EventReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #abort: AbortController;
  readonly #decoder = new TextDecoder();
  #rest = '';

  constructor(body: ReadableStream<Uint8Array>, abort: AbortController) {
    this.#reader = body.getReader();
    this.#abort = abort;
  }

  /** The next event, or null when the server ended the stream. */
  async next(): Promise<PageEvent | null> {
    for (;;) {
      const end = this.#rest.indexOf('\n\n');
      if (end >= 0) {
        const block = this.#rest.slice(0, end);
        this.#rest = this.#rest.slice(end + 2);
        const fields = new Map(block.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string]));
        if (!fields.has('data')) continue;
        return {
          event: fields.get('event') ?? 'message',
          id: fields.get('id') ?? null,
          data: JSON.parse(fields.get('data') ?? '{}') as Record<string, unknown>,
        };
      }
      const chunk = await this.#reader.read().catch(() => ({ done: true, value: undefined }));
      if (chunk.done) return null;
      this.#rest += this.#decoder.decode(chunk.value, { stream: true });
    }
  }

  /** Everything up to and with the first event of this name. */
  async upTo(name: string): Promise<PageEvent[]> {
    const events: PageEvent[] = [];
    for (;;) {
      const event = await this.next();
      if (event === null) throw new Error(`the stream ended before "${name}": ${JSON.stringify(events)}`);
      events.push(event);
      if (event.event === name) return events;
    }
  }

  /** The next lines, `count` of them. */
  async lines(count: number): Promise<PageEvent[]> {
    const lines: PageEvent[] = [];
    while (lines.length < count) lines.push((await this.upTo('line')).at(-1) as PageEvent);
    return lines;
  }

  /** As when the phone loses its network. */
  drop(): void {
    this.#abort.abort();
  }
}

export class TestPage {
  readonly url: string;
  cookie: string | null = null;
  readonly headers: Record<string, string>;

  constructor(url: string, headers: Record<string, string> = {}) {
    this.url = url;
    this.headers = headers;
  }

  async begin(): Promise<this> {
    const response = await this.post('/chat/session', {});
    const [pair = ''] = (response.headers.get('set-cookie') ?? '').split(';');
    if (response.status !== 200 || pair === '') throw new Error(`no session: ${response.status}`);
    this.cookie = pair;
    return this;
  }

  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(this.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...this.#cookie(), ...this.headers, ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  say(id: string, text: string, headers: Record<string, string> = {}): Promise<Response> {
    return this.post('/chat/messages', { id, text }, headers);
  }

  async events(lastEventId: string | null = null): Promise<EventReader> {
    const abort = new AbortController();
    const response = await fetch(`${this.url}/chat/events`, {
      headers: { ...this.#cookie(), ...this.headers, ...(lastEventId === null ? {} : { 'last-event-id': lastEventId }) },
      signal: abort.signal,
    });
    if (response.status !== 200 || response.body === null) throw new Error(`no events: ${response.status}`);
    return new EventReader(response.body, abort);
  }

  #cookie(): Record<string, string> {
    return this.cookie === null ? {} : { cookie: this.cookie };
  }
}
