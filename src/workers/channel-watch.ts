/**
 * Owns noticing that a channel is down for longer than a hiccup, and that it is up again. What a channel is, it says itself; what is
 * told once is not told again until it has changed, also across a restart.
 */

import type { Clock, Instant } from '../lib/clock.ts';
import type { Channel } from '../ports/channel.ts';
import type { Incidents } from '../services/incidents.ts';

const EVERY_MS = 20_000;
/** Networks come and go; what heals by itself within this is nobody's business. */
const DOWN_FOR_MS = 3 * 60_000;

interface Watched {
  readonly channel: Pick<Channel, 'name' | 'health'>;
  downSince: Instant | null;
  told: boolean;
}

/** `toldDown`: of which it was told, before this process began, that they are down. Returns how to stop it. */
export function watchChannels(
  channels: readonly Pick<Channel, 'name' | 'health'>[],
  clock: Clock,
  incidents: Pick<Incidents, 'channel'>,
  toldDown: readonly string[] = [],
): () => void {
  const watched: Watched[] = channels.map((channel) => ({ channel, downSince: null, told: toldDown.includes(channel.name) }));
  let cancel = clock.after(EVERY_MS, run);

  function run(): void {
    cancel = clock.after(EVERY_MS, run);
    for (const one of watched) void look(one);
  }

  async function look(one: Watched): Promise<void> {
    const health = one.channel.health();
    if (health.state === 'down') {
      one.downSince ??= clock.now();
      if (one.told || clock.now() - one.downSince < DOWN_FOR_MS) return;
      one.told = true;
      const remedy = health.remedy === null ? '' : `. ${health.remedy}`;
      if (!(await incidents.channel(one.channel.name, 'channel_down', `${health.why}${remedy}`))) one.told = false;
      return;
    }
    one.downSince = null;
    if (health.state !== 'up' || !one.told) return;
    one.told = false;
    if (!(await incidents.channel(one.channel.name, 'channel_up', 'up again'))) one.told = true;
  }
  return () => cancel();
}
