/**
 * Owns a simulated person: what they want, what they make of the message in front of them, and the bad habits of people: answering
 * twice, tapping old buttons, changing their mind, writing beside the point. They only ever see what their screen shows.
 */

import type { Reply } from '../conversation/reply.ts';
import { formatMsisdn, msisdn, type Msisdn } from '../domain/msisdn.ts';
import type { Content } from '../ports/channel.ts';
import { NETWORKS, type Chat, type ChatNetwork, type Shown } from './chat-network.ts';
import type { Confirmation, Evidence } from './facts.ts';
import { confirmationOf, isConfirmation } from './readings.ts';
import { besideOfSms, smsAmountInWords, smsCorrection, smsWish, smsWishInWords, type SmsWish } from './sms-wish.ts';
import type { World } from './world.ts';

/** What the person is after. */
interface Wish {
  readonly recipient: Msisdn;
  readonly amountKes: number;
  readonly payer: Msisdn;
  /** In place of the airtime. */
  readonly sms: SmsWish | null;
}

const NUMBERS = ['254722000011', '254733000012', '254770000013', '254763000014', '254722000015', '254110000016'].map((number) =>
  msisdn(number),
);
const AMOUNTS = [10, 20, 50, 70, 100, 150, 200, 500, 1_000, 2_345, 10_000];
const BESIDE = [
  'is there a fee?',
  'asante',
  'hello',
  'my orders',
  'help',
  'what??',
  '🙂',
  'language',
  'back',
  'wait',
  'habari yako',
  '',
];

const WORDS_OF: Readonly<Record<string, Evidence>> = {
  got: 'customer received',
  notgot: 'customer paid and did not receive',
  notpaid: 'customer did not pay',
};

/** Something a person does; `means` is the choice that they have in mind, and `on` the message that offers it. */
interface Act {
  readonly content: Content;
  readonly means: string | null;
  readonly on: Shown | null;
}

const words = (text: string): Act => ({ content: { kind: 'text', text }, means: null, on: null });

export class Person {
  readonly #world: World;
  readonly #network: ChatNetwork;
  readonly #chat: Chat;
  #wish: Wish;
  #wishes: number;
  /** What they will still do before they put the phone away. */
  #patience: number;
  #stopThinking: () => void = () => undefined;
  #lastAct: Act | null = null;

  constructor(world: World, network: ChatNetwork, chat: Chat) {
    this.#world = world;
    this.#network = network;
    this.#chat = chat;
    const roll = world.roll('people');
    this.#wishes = roll.between(0, 2);
    this.#patience = roll.between(3, 9);
    // Who buys SMS buys them again and again.
    if (world.plan.sms !== null) this.#wishes += 2;
    if (world.plan.sms !== null) this.#patience += 5;
    this.#wish = this.#newWish();
    chat.looks = (shown) => this.#looks(shown);
    world.agenda.later(roll.between(0, 60_000), () => this.#begin());
  }

  #newWish(): Wish {
    const roll = this.#world.roll('people');
    const own = this.#chat.ownPhone;
    return {
      recipient: roll.odds(0.3) ? own : roll.pick(NUMBERS),
      amountKes: roll.pick(AMOUNTS),
      payer: roll.odds(0.7) ? own : roll.pick(NUMBERS),
      sms: smsWish(this.#world),
    };
  }

  #begin(): void {
    const roll = this.#world.roll('people');
    const { recipient, amountKes, sms } = this.#wish;
    if (sms !== null && roll.odds(0.9)) return this.#act(this.#wishInWords());
    const number = this.#written(recipient);
    this.#act(
      words(
        roll.pick([
          `buy ${amountKes} for ${number}`,
          `${amountKes} to ${number}`,
          `airtime ${amountKes} ${number}`,
          'buy airtime',
          'hello',
          `nunulia ${number} ya ${amountKes}`,
          `nitumie ya ${amountKes}`,
          number,
        ]),
      ),
    );
  }

  #written(number: Msisdn): string {
    const form = this.#world.roll('people').between(0, 2);
    return form === 0 ? formatMsisdn(number) : form === 1 ? `0${number.slice(3)}` : `+${number}`;
  }

  /** Reads what has come, thinks, answers. Now and then the answer to the message before is sent all the same. */
  #looks(shown: Shown): void {
    const roll = this.#world.roll('people');
    if (this.#world.strikes('chat blocked')) return this.#blocks();
    if (roll.odds(0.85)) this.#stopThinking();
    if (shown.reply === null) return;
    const { reply } = shown;
    // Told to try again in a minute or three, people do.
    const refused = reply.parts.some(({ key }) => /payer-ringing/.test(key));
    const thinkMs = refused
      ? roll.between(20_000, 200_000)
      : roll.odds(0.15)
        ? roll.between(50, 1_000)
        : roll.between(1_500, 20_000);
    this.#stopThinking = this.#world.agenda.later(thinkMs, () => this.#answers(shown, reply));
  }

  /** Has enough of it, and thinks better of it later. Telegram tells of both. */
  #blocks(): void {
    const world = this.#world;
    const tells = this.#chat.network === 'telegram';
    this.#stopThinking();
    this.#chat.blocked = true;
    world.tell(this.#chat.name, 'blocks us');
    world.watch.blocked.add(`${this.#chat.network}/${this.#chat.id}`);
    if (tells) this.#network.post(this.#chat, { kind: 'blocked' });
    world.agenda.later(world.roll('people').between(10_000, 600_000), () => {
      this.#chat.blocked = false;
      world.tell(this.#chat.name, 'lets us write again');
      if (tells) this.#network.post(this.#chat, { kind: 'unblocked' });
      this.#act(words('hello'));
    });
  }

  #answers(shown: Shown, reply: Reply): void {
    const world = this.#world;
    const roll = world.roll('people');
    if (world.strikes('beside the point')) {
      if (roll.odds(0.2))
        return this.#act({
          content: { kind: 'unsupported', what: roll.pick(['sticker', 'edit', 'voice']) },
          means: null,
          on: null,
        });
      return this.#act(words(besideOfSms(world) ?? roll.pick(BESIDE)));
    }
    // A number can only mean the last list, and nobody scrolls up to write one.
    if (NETWORKS[this.#chat.network].buttons && world.strikes('old button') && this.#chat.screen.length > 1) {
      const asked = this.#chat.screen.filter((one) => one.reply !== null && isConfirmation(one.reply));
      if (asked[0] !== undefined && roll.odds(0.7)) return this.#act(this.#choiceOf(asked[0], /^ok/));
      const old = roll.pick(this.#chat.screen);
      if (old.reply !== null && old.reply.choices.length > 0)
        return this.#act(this.#choice(old, roll.between(0, old.reply.choices.length - 1)));
    }
    const act = this.#wanted(shown, reply);
    if (act === null) return;
    this.#act(act);
    if (world.strikes('double tap')) world.agenda.later(roll.pick([0, 0, roll.between(1, 800)]), () => this.#act(act));
    if (world.strikes('two answers at once')) world.agenda.later(0, () => this.#act(this.#otherAnswer(shown, reply)));
  }

  #otherAnswer(shown: Shown, reply: Reply): Act {
    const roll = this.#world.roll('people');
    const { choices } = reply;
    if (choices.length > 0 && roll.odds(0.5)) return this.#choice(shown, roll.between(0, choices.length - 1));
    return words(roll.pick(['cancel', 'yes', 'no', String(roll.pick(AMOUNTS)), this.#written(roll.pick(NUMBERS))]));
  }

  /** What a sensible person would do; null: nothing more to be done. */
  #wanted(shown: Shown, reply: Reply): Act | null {
    const keys = reply.parts.map(({ key }) => key);
    const roll = this.#world.roll('people');
    const has = (...wanted: string[]): boolean => keys.some((key) => wanted.includes(key));
    const { choices } = reply;
    if (isConfirmation(reply)) return this.#toConfirmation(shown, reply);
    if (has('order:did-it-arrive')) return this.#choice(shown, roll.between(0, 2));
    if (has('buy-airtime:ask-recipient')) return this.#valueOr(shown, reply, this.#written(this.#wish.recipient));
    if (has('buy-airtime:ask-amount')) return this.#valueOr(shown, reply, String(this.#wish.amountKes));
    if (has('buy-sms:ask-amount') && this.#wish.sms !== null)
      return this.#valueOr(shown, reply, smsAmountInWords(this.#world, this.#wish.sms));
    if (has('buy-sms:ask-amount', 'buy-sms:which-amount', 'buy-sms:ask-wallet'))
      return this.#choice(shown, roll.between(0, choices.length - 1));
    if (has('buying:ask-payer')) return this.#toPayerQuestion(shown, reply);
    if (has('common:which-language')) return this.#choice(shown, roll.between(0, 1));
    if (keys.some((key) => /^(?:sms-)?order:/.test(key) && !key.startsWith('order:history'))) return this.#toNews(shown, reply);
    if (choices.some(({ id }) => /^(set|change|keep)/.test(id))) return this.#choice(shown, roll.between(0, choices.length - 1));
    if (choices.some(({ id }) => id.startsWith('buy_sms'))) return roll.odds(0.4) ? this.#choiceOf(shown, /^buy_sms/) : null;
    if (choices.some(({ id }) => id.startsWith('start'))) {
      if (this.#wishes <= 0) return null;
      return roll.odds(0.3) ? this.#choiceOf(shown, /^start/) : this.#wishInWords();
    }
    return null;
  }

  #wishInWords(): Act {
    const { sms } = this.#wish;
    if (sms !== null) return words(smsWishInWords(this.#world, sms));
    return words(`buy ${this.#wish.amountKes} for ${this.#written(this.#wish.recipient)}`);
  }

  #valueOr(shown: Shown, reply: Reply, value: string): Act {
    const roll = this.#world.roll('people');
    if (roll.odds(0.25) && reply.choices.length > 1) return this.#choice(shown, roll.between(0, reply.choices.length - 2));
    return words(value);
  }

  #toPayerQuestion(shown: Shown, reply: Reply): Act {
    const own = this.#chat.ownPhone;
    if (NETWORKS[this.#chat.network].asksOwnPhone && this.#world.roll('people').odds(0.5))
      return { content: { kind: 'contact', name: this.#chat.name, phones: [own] }, means: null, on: null };
    return this.#valueOr(shown, reply, this.#written(this.#wish.payer));
  }

  /** Says yes only to what stands there. */
  #toConfirmation(shown: Shown, reply: Reply): Act {
    const world = this.#world;
    const roll = world.roll('people');
    const confirmation = confirmationOf(reply);
    if (world.strikes('change of mind')) return roll.odds(0.5) ? words('cancel') : this.#choiceOf(shown, /^no/);
    const ofSms = confirmation.units !== null;
    if (world.strikes('correction') && ofSms)
      return roll.odds(0.6) ? words(smsCorrection(world)) : this.#choice(shown, roll.between(0, reply.choices.length - 1));
    if (!ofSms && world.strikes('correction'))
      return roll.pick([
        words(`no, ${roll.pick(AMOUNTS)}`),
        words(`change the number to ${this.#written(roll.pick(NUMBERS))}`),
        words(roll.pick(['Airtel Money', 'M-Pesa', 'no'])),
        this.#choice(shown, roll.between(0, reply.choices.length - 1)),
      ]);
    if (!ofSms && confirmation.amountKes !== this.#wish.amountKes && roll.odds(0.5)) return words(`no, ${this.#wish.amountKes}`);
    return roll.pick([
      this.#choiceOf(shown, /^ok/),
      this.#choiceOf(shown, /^ok/),
      { ...words('yes'), means: this.#choiceId(shown, /^ok/), on: shown },
    ]);
  }

  /** An order has ended or not; some buy again, some go on to the next wish, most are done. */
  #toNews(shown: Shown, reply: Reply): Act | null {
    const roll = this.#world.roll('people');
    const next = reply.choices.findIndex(({ id }) => id.startsWith('again'));
    if (this.#wishes <= 0) return null;
    if (next !== -1 && roll.odds(0.3)) return this.#choice(shown, next);
    if (!roll.odds(0.6)) return null;
    this.#wishes -= 1;
    this.#wish = this.#newWish();
    return this.#wishInWords();
  }

  // ---- fingers ------------------------------------------------------------------------------------------------------------

  #choiceId(shown: Shown, form: RegExp): string | null {
    return shown.reply?.choices.find(({ id }) => form.test(id))?.id ?? null;
  }

  #choiceOf(shown: Shown, form: RegExp): Act {
    const at = shown.reply?.choices.findIndex(({ id }) => form.test(id)) ?? -1;
    return at === -1 ? words('yes') : this.#choice(shown, at);
  }

  /** Taps the button, or writes its number where there are none, or its label. */
  #choice(shown: Shown, at: number): Act {
    const means = shown.reply?.choices[at]?.id ?? null;
    const button = shown.buttons[at];
    if (button === undefined) return { content: { kind: 'text', text: String(at + 1) }, means, on: shown };
    if (this.#world.roll('people').odds(0.1)) return { content: { kind: 'text', text: button.label }, means, on: shown };
    return { content: { kind: 'tap', data: button.id, on: `sent-${shown.id}` }, means, on: shown };
  }

  /** A tap means the message that it is on; words mean what stands on the screen when they are written. */
  #agreedTo(act: Act): Confirmation | null {
    const { content, on } = act;
    const ok = this.#choicesOf(act).some((id) => id.startsWith('ok'));
    if (content.kind === 'tap') return ok && on?.reply != null ? confirmationOf(on.reply) : null;
    const yes = ok || (content.kind === 'text' && content.text === 'yes');
    return yes ? this.#world.watch.shownLast(`${this.#chat.network}/${this.#chat.id}`) : null;
  }

  /** What an act stands for: the choice that it was meant for, and the one that its words mean on the screen as it is. */
  #choicesOf({ content, means }: Act): string[] {
    const text = content.kind === 'text' ? content.text : '';
    const list = this.#chat.screen.findLast(({ reply }) => reply !== null && reply.choices.length > 0)?.reply?.choices ?? [];
    const onScreen =
      text === 'yes' ? list.find(({ id }) => /^(ok|got)/.test(id)) : list[/^\d+$/.test(text) ? Number(text) - 1 : -1];
    return [means, onScreen?.id].filter((id) => id != null);
  }

  #act(act: Act): void {
    const world = this.#world;
    if (!world.troubled || this.#patience <= 0) return;
    this.#patience -= 1;
    this.#lastAct = act;
    for (const id of this.#choicesOf(act)) {
      const [action, reference] = id.split(':')[0]?.split('=') ?? [];
      const evidence = WORDS_OF[action ?? ''];
      if (evidence !== undefined && reference !== undefined) world.watch.told(reference, evidence);
    }
    const chat = `${this.#chat.network}/${this.#chat.id}`;
    if (isCancel(act.content)) world.watch.cancelled(chat);
    world.watch.agreed(chat, this.#agreedTo(act));
    const seen = this.#chat.screen.length;
    this.#network.post(this.#chat, act.content);
    const roll = world.roll('people');
    world.agenda.later(roll.between(20_000, 180_000), () => {
      if (this.#chat.screen.length === seen && this.#lastAct === act && world.strikes('impatience')) this.#act(act);
    });
  }
}

function isCancel(content: Content): boolean {
  return content.kind === 'tap'
    ? content.data.startsWith('no:')
    : content.kind === 'text' && /^(cancel|ghairi|stop)$/i.test(content.text);
}
