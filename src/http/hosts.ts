/**
 * Owns which names the server answers to. A server that listens on loopback only must not be reached through a stranger's
 * name that was pointed at 127.0.0.1 (DNS rebinding): pages without a password would be open to any web site.
 */

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** Whether a request for `hostHeader` is answered. Bound to the world, every name is: a proxy or the firewall decides there. */
export function isKnownHost(hostHeader: string | null, boundTo: string, publicUrl: string | null): boolean {
  if (!isLoopback(boundTo)) return true;
  if (hostHeader === null || !URL.canParse(`http://${hostHeader}`)) return false;
  const name = new URL(`http://${hostHeader}`).hostname;
  if (LOOPBACK_NAMES.includes(name) || name === boundTo) return true;
  return publicUrl !== null && new URL(publicUrl).hostname === name;
}

/** Addresses of a home, an office or a container network, where a proxy may stand. */
const PRIVATE = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|f[cd][0-9a-f]{2}:)/i;

/**
 * The person's address: the socket's, or what a proxy wrote last into X-Forwarded-For. A proxy is believed on this machine,
 * and on the private network once a public address is set; anybody else's word for it is not taken.
 */
export function personsAddress(
  socketAddress: string | undefined,
  forwardedFor: string | null,
  publicUrl: string | null,
): string | null {
  if (socketAddress === undefined) return null;
  const plain = socketAddress.replace(/^::ffff:/, '');
  const isProxy = isLoopback(plain) || (publicUrl !== null && PRIVATE.test(plain));
  if (!isProxy || forwardedFor === null) return plain;
  const last = forwardedFor.split(',').at(-1)?.trim() ?? '';
  return /^[\da-f.:]{3,45}$/i.test(last) ? last : plain;
}
