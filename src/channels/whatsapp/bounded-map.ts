/** Owns the memory of the adapter: a map that forgets what was not used for longest, so that no traffic can fill the memory. */

export class BoundedMap<V> {
  readonly #entries = new Map<string, V>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(key: string): V | undefined {
    const value = this.#entries.get(key);
    if (value !== undefined) {
      this.#entries.delete(key);
      this.#entries.set(key, value);
    }
    return value;
  }

  set(key: string, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size > this.#limit) {
      const [oldest] = this.#entries.keys();
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }
}

/** In the shape in which Baileys takes a cache. */
export function baileysCache(limit: number) {
  const map = new BoundedMap<unknown>(limit);
  return {
    get: <T>(key: string): T | undefined => map.get(key) as T | undefined,
    set: <T>(key: string, value: T): void => map.set(key, value),
    del: (key: string): void => map.delete(key),
    flushAll: (): void => map.clear(),
  };
}
