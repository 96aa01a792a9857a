/**
 * Owns the people of a round: each writes an order, shares their number when asked, taps yes on what they are shown until they are
 * given an order, and then listens. They know nothing of kills; a question that comes twice is answered twice, and who is asked to
 * try again later waits that long first.
 */

import { systemClock } from '../../src/lib/clock.ts';
import type { FakeBotApi } from '../wire/fake-bot-api.ts';
import type { Person } from '../wire/fake-bot-api-person.ts';
import type { HeardMessage } from '../wire/fake-bot-api-world.ts';
import type { PersonPlan } from './plan.ts';
import { referenceIn, type Told } from './words.ts';

/** In the program's own breaker; people wait it out, and a little longer each, so that one of them is the first. */
export const BREAKER_WAIT_SECONDS = 1;
const LONGER_EACH_MS = 40;

export interface Customer {
  readonly plan: PersonPlan;
  /** The references of all orders that they were told of. */
  readonly orders: ReadonlySet<string>;
  readonly heard: readonly string[];
  /** The breaker had them wait. */
  readonly waited: () => boolean;
}

export interface Crowd {
  readonly customers: readonly Customer[];
  /** They come all at once. */
  arrive(plans: readonly PersonPlan[]): void;
}

export interface CrowdOptions {
  readonly api: FakeBotApi;
  /** In the instant in which somebody hears of an order. */
  readonly heard: (order: Told) => void;
}

export function createCrowd({ api, heard }: CrowdOptions): Crowd {
  const customers: (Customer & { readonly look: () => void })[] = [];
  api.watch(() => {
    for (const { look } of customers) look();
  });
  return {
    customers,
    arrive(plans) {
      for (const plan of plans) {
        const person = api.person({ id: plan.id, name: `Person ${plan.id}`, languageCode: 'en', phone: plan.own });
        customers.push(customerOf(person, plan, heard));
        const { amountKes, recipient } = plan;
        person.writes(recipient === null ? `buy sms for ${amountKes} bob` : `buy ${amountKes} for 0${recipient.slice(3)}`);
      }
    },
  };
}

function customerOf(person: Person, plan: PersonPlan, heard: CrowdOptions['heard']): Customer & { readonly look: () => void } {
  const orders = new Set<string>();
  let seen = 0;
  let waited = false;
  let waits = false;

  function hears({ text, buttons, messageId }: HeardMessage): void {
    const reference = referenceIn(text);
    if (reference !== null) {
      orders.add(reference);
      heard({ reference, text });
      return;
    }
    const yes = buttons.find(({ label }) => label.startsWith('Yes, buy'));
    const again = buttons.find(({ label }) => label.startsWith('Try again: '))?.data;
    if (again != null) {
      waited = true;
      // A question that came twice, after a kill, is still one question: who answers each anew soon writes too fast to be read.
      if (waits) return;
      waits = true;
      systemClock.after(BREAKER_WAIT_SECONDS * 1_000 + (plan.id % 25) * LONGER_EACH_MS, () => {
        waits = false;
        if (orders.size === 0) person.taps(again, { on: messageId });
      });
    } else if (yes?.data != null && orders.size === 0) {
      person.taps(yes.data, { on: messageId });
      if (plan.tapsTwice) person.tapsGone(yes.data, { on: messageId });
    } else if (person.keyboard().reply.length > 0) {
      person.sharesOwnContact();
    }
  }

  return {
    plan,
    orders,
    waited: () => waited,
    get heard() {
      return person.heard.map(({ text }) => text);
    },
    look() {
      // What they do is a change too, and comes back here: each message is seen once.
      while (seen < person.heard.length) {
        const message = person.heard[seen];
        seen += 1;
        if (message !== undefined) hears(message);
      }
    },
  };
}
