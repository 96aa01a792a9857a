/**
 * Owns the people of a round: each writes an order, shares their number when asked, taps yes on what they are shown until they are
 * given an order, and then listens. They know nothing of kills; a question that comes twice is answered twice.
 */

import type { FakeBotApi } from '../wire/fake-bot-api.ts';
import type { Person } from '../wire/fake-bot-api-person.ts';
import type { HeardMessage } from '../wire/fake-bot-api-world.ts';
import type { PersonPlan } from './plan.ts';
import { referenceIn, type Told } from './words.ts';

export interface Customer {
  readonly plan: PersonPlan;
  /** The references of all orders that they were told of. */
  readonly orders: ReadonlySet<string>;
  readonly heard: readonly string[];
  readonly saidYes: () => boolean;
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
        person.writes(`buy ${plan.amountKes} for 0${plan.recipient.slice(3)}`);
      }
    },
  };
}

function customerOf(person: Person, plan: PersonPlan, heard: CrowdOptions['heard']): Customer & { readonly look: () => void } {
  const orders = new Set<string>();
  let seen = 0;
  let saidYes = false;

  function hears({ text, buttons, messageId }: HeardMessage): void {
    const reference = referenceIn(text);
    if (reference !== null) {
      orders.add(reference);
      heard({ reference, text });
      return;
    }
    const yes = buttons.find(({ label }) => label.startsWith('Yes, buy'));
    if (yes?.data != null && orders.size === 0) {
      saidYes = true;
      person.taps(yes.data, { on: messageId });
      if (plan.tapsTwice) person.tapsGone(yes.data, { on: messageId });
    } else if (person.keyboard().reply.length > 0) {
      person.sharesOwnContact();
    }
  }

  return {
    plan,
    orders,
    saidYes: () => saidYes,
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
