/**
 * Keeps libsignal off the console. Version 6 prints whole sessions, with the private keys in them, by console.info and
 * console.warn on routine sends, and offers no switch. Everything it prints is dropped; what else uses the console is not touched.
 */

type ConsoleLike = Record<'log' | 'info' | 'warn' | 'error' | 'debug' | 'trace', (...values: unknown[]) => void>;

const METHODS = ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const;
const FROM_LIBSIGNAL = /[\\/]libsignal[\\/]/;
const QUIET = new WeakSet<object>();

/** Must run before the first message is sealed; a second call changes nothing. */
export function quietLibsignal(target: ConsoleLike = console): void {
  if (QUIET.has(target)) return;
  QUIET.add(target);
  for (const method of METHODS) {
    const print = target[method].bind(target);
    target[method] = (...values) => {
      if (values.some(isSession) || FROM_LIBSIGNAL.test(callers())) return;
      print(...values);
    };
  }
}

/** Whoever prints it: a session must not be seen. */
function isSession(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'currentRatchet' in value;
}

/** The stack above the patched method. Console calls are rare here, so its price does not matter. */
function callers(): string {
  return (new Error().stack ?? '').split('\n').slice(3, 6).join('\n');
}
