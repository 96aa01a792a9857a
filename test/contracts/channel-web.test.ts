/** The web chat keeps the contract of channels. The person's page is the real outbox of the page and a real event stream. */

import { systemClock } from '../../src/lib/clock.ts';
import { FakeLocalStorage, loadPageOutbox, type PageMessage, type PostAnswer } from '../wire/web-outbox.ts';
import type { EventReader, PageEvent, TestPage } from '../wire/web-page.ts';
import { startWebWorld } from '../wire/web-world.ts';
import { channelContract, type Shown } from './channel.ts';

const { createOutbox, newId, safeStorage } = await loadPageOutbox();

interface Seen {
  readonly kind: string;
  readonly from: string;
  readonly id: string;
  readonly text: string;
  readonly on: string;
  readonly buttons: readonly { readonly id: string; readonly label: string }[];
}

const seen = (event: PageEvent): Seen => event.data as unknown as Seen;
const botsLine = (event: PageEvent): boolean =>
  event.event === 'line' && seen(event).from === 'bot' && seen(event).kind === 'said';

async function post(page: TestPage, { id, text, tap, on }: PageMessage): Promise<PostAnswer> {
  const response = await page.post('/chat/messages', tap === undefined ? { id, text } : { id, tap, on });
  return response.ok ? { kind: 'durable' } : { kind: 'later', why: `${response.status}` };
}

channelContract('web', async () => {
  const world = await startWebWorld({ started: false });
  const page = await world.visitor();
  const outbox = createOutbox({
    storage: safeStorage(new FakeLocalStorage()),
    post: (message) => post(page, message),
    // Only `deliversAgain` ends a pause.
    pause: () => new Promise<void>(() => {}),
    onChange: () => {},
  });
  let events: EventReader | null = null;
  let last: PageMessage | null = null;
  let latest: Seen | null = null;
  let at = systemClock.now();
  const send = (message: { text: string; tap?: string; on?: string }): void => {
    last = { id: newId(), at: (at += 1), ...message };
    outbox.add(last);
  };

  return {
    channel: world.channel,
    deliversAgain: () => outbox.flush(),
    close: () => world.stop(),
    person: {
      writes: (text) => send({ text }),
      async hears(): Promise<Shown> {
        events ??= await page.events();
        for (;;) {
          const event = await events.next();
          if (event === null) throw new Error('the stream ended');
          if (!botsLine(event)) continue;
          latest = seen(event);
          return { text: latest.text, labels: latest.buttons.map(({ label }) => label) };
        }
      },
      taps(label) {
        const button = latest?.buttons.find((candidate) => candidate.label === label);
        if (latest === null || button === undefined) throw new Error(`no button "${label}"`);
        send({ text: label, tap: button.id, on: latest.id });
      },
      async visibleLabels() {
        const reader = await page.events();
        const lines = (await reader.upTo('ready')).filter(({ event }) => event === 'line').map(seen);
        reader.drop();
        const retired = new Set(lines.filter(({ kind }) => kind === 'retired').map(({ on }) => on));
        return lines
          .filter(({ kind, id }) => kind === 'said' && !retired.has(id))
          .flatMap(({ buttons }) => buttons.map(({ label }) => label));
      },
      async repeatsLast() {
        if (last !== null) await post(page, last);
      },
    },
  };
});
