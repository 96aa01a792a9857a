/** The web chat's transcripts in memory, for tests: an instance outlives the web chat that uses it, as a database would. */

import type { NumberedLine, WebLine, WebTranscripts } from '../../src/ports/web-transcript.ts';

export class MemoryTranscripts implements WebTranscripts {
  readonly lines = new Map<string, NumberedLine[]>();
  /** Set, every call rejects: the store cannot work. */
  broken = false;
  rings = false;

  async append(chat: string, line: WebLine): Promise<NumberedLine> {
    const lines = this.#of(chat);
    const known = lines.find((other) => other.line.from === line.from && other.line.id === line.id);
    if (known !== undefined) return known;
    const numbered = { seq: (lines.at(-1)?.seq ?? 0) + 1, line };
    this.lines.set(chat, [...lines, numbered]);
    return numbered;
  }

  async since(chat: string, seq: number, limit: number): Promise<readonly NumberedLine[]> {
    return this.#of(chat)
      .filter((line) => line.seq > seq)
      .slice(0, limit);
  }

  async latest(chat: string, limit: number): Promise<readonly NumberedLine[]> {
    return this.#of(chat).slice(-limit);
  }

  async mayRing(): Promise<boolean> {
    return this.rings;
  }

  async find(chat: string, from: 'bot' | 'person', id: string): Promise<NumberedLine | null> {
    return this.#of(chat).find(({ line }) => line.from === from && line.id === id) ?? null;
  }

  #of(chat: string): NumberedLine[] {
    if (this.broken) throw new Error('disk full');
    return this.lines.get(chat) ?? [];
  }
}
