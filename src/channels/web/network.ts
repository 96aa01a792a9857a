/** Owns what counts as one address in a flood limit: a home or a phone has a whole /64 of IPv6 to itself, and changes within it at will. */

/** An IPv4 address as it is, of IPv6 its first four groups. */
export function networkOf(ip: string): string {
  const embedded = /^::ffff:(\d+(?:\.\d+){3})$/i.exec(ip)?.[1];
  if (embedded !== undefined) return embedded;
  if (!ip.includes(':')) return ip;
  const [head = '', tail] = ip.split('::');
  const first = groupsOf(head);
  const last = groupsOf(tail ?? '');
  const zeros = tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => '0');
  return `${[...first, ...zeros, ...last].slice(0, 4).join(':')}::/64`;
}

function groupsOf(part: string): string[] {
  return part === '' ? [] : part.split(':').map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''));
}
