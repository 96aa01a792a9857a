/** Owns assertions. They stay on in production: a broken invariant must stop the turn that broke it, not the next customer. */

export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`invariant broken: ${message}`);
}

/** Closes a switch over a union: a new member that nobody handles becomes a type error here. */
export function assertNever(value: never): never {
  throw new Error(`invariant broken: unhandled ${JSON.stringify(value)}`);
}
