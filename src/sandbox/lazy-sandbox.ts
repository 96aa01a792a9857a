/**
 * Owns the sandbox before anyone uses it: the same interface, and nothing loaded or listening until the first purchase, page or
 * answer. Starting Jaza must not wait for parts that the first message does not need.
 */

import { ok } from '../lib/result.ts';
import { parseFault, type Fault } from './faults.ts';
import type { Prompt } from './prompts.ts';
import type { Sandbox, SandboxOptions } from './sandbox.ts';

export interface LazySandbox extends Sandbox {
  /** Listens on a free port at the first call; the base URL. */
  address(): Promise<string>;
}

const PATHS = ['/phone', '/api/', '/oauth/', '/mpesa/'];

export function createLazySandbox(options: SandboxOptions): LazySandbox {
  const listeners: ((prompt: Prompt) => void)[] = [];
  let loading: Promise<{ readonly sandbox: Sandbox; readonly url: string }> | null = null;
  let loaded: Sandbox | null = null;
  let fault: Fault | null = null;

  async function load(): Promise<{ readonly sandbox: Sandbox; readonly url: string }> {
    const { createSandbox } = await import('./sandbox.ts');
    const sandbox = createSandbox(options);
    for (const listener of listeners) sandbox.onPrompt(listener);
    if (fault !== null) sandbox.setFault(fault);
    loaded = sandbox;
    return { sandbox, url: await sandbox.listen(0) };
  }

  function ready(): Promise<{ readonly sandbox: Sandbox; readonly url: string }> {
    loading ??= load();
    return loading;
  }

  return {
    token: options.token,
    merchant: options.mpesa?.merchant ?? null,
    address: async () => (await ready()).url,
    listen: async (port) => (await ready()).sandbox.listen(port),
    async routes(request) {
      const { pathname } = new URL(request.url);
      return PATHS.some((path) => pathname.startsWith(path)) ? (await ready()).sandbox.routes(request) : null;
    },
    onPrompt(listener) {
      listeners.push(listener);
      loaded?.onPrompt(listener);
    },
    openPrompts: () => loaded?.openPrompts() ?? [],
    answer: async (phone, answer) => (await ready()).sandbox.answer(phone, answer),
    setFault(next) {
      if (loaded !== null) return loaded.setFault(next);
      const parsed = parseFault(next);
      if (!parsed.ok) return parsed;
      fault = parsed.value;
      return ok(undefined);
    },
    takeMail: async (mail) => (await ready()).sandbox.takeMail(mail),
    receivedSms: () => loaded?.receivedSms() ?? [],
    receivedMails: () => loaded?.receivedMails() ?? [],
    settled: async () => loaded?.settled(),
    async close() {
      if (loading !== null) await (await loading).sandbox.close();
    },
  };
}
