/** The page's own outbox, with types, for tests without a browser: it is plain JavaScript that the browser loads as it is. */

export interface PageMessage {
  readonly id: string;
  readonly at: number;
  readonly text: string;
  readonly tap?: string;
  readonly on?: string;
  readonly failed?: string;
}

export type PostAnswer =
  | { readonly kind: 'durable' }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'later'; readonly why: string; readonly afterMs?: number };

export interface PageOutbox {
  all(): PageMessage[];
  flush(): Promise<void>;
  add(message: PageMessage): void;
  remove(message: PageMessage): void;
  inFlight(): string | null;
  trouble(): string | null;
}

export interface PageStorage {
  keys(): string[];
  get(key: string): string | null;
  set(key: string, value: string): void;
  remove(key: string): void;
}

export interface OutboxModule {
  newId(): string;
  safeStorage(storage: unknown): PageStorage;
  createOutbox(parts: {
    storage: PageStorage;
    post: (message: PageMessage) => Promise<PostAnswer>;
    pause: (ms: number) => Promise<void>;
    onChange: () => void;
  }): PageOutbox;
}

export async function loadPageOutbox(): Promise<OutboxModule> {
  const address = new URL('../../src/channels/web/assets/outbox.js', import.meta.url);
  return (await import(address.href)) as OutboxModule;
}

/** A localStorage: `limit` is how many entries fit. */
export class FakeLocalStorage {
  readonly #limit: number;

  constructor(limit = Infinity) {
    this.#limit = limit;
    Object.defineProperty(this, 'getItem', { value: (key: string) => (this as unknown as Record<string, string>)[key] ?? null });
    Object.defineProperty(this, 'removeItem', {
      value: (key: string) => void delete (this as unknown as Record<string, string>)[key],
    });
    Object.defineProperty(this, 'setItem', {
      value: (key: string, value: string) => {
        if (Object.keys(this).length >= this.#limit) throw new Error('QuotaExceededError');
        (this as unknown as Record<string, string>)[key] = value;
      },
    });
  }
}
