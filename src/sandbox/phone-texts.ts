/** Owns the words of the simulated phone, in English and Swahili. They are the phone's, not the bot's, so they stand here. */

import { formatMsisdn, maskMsisdn, type Msisdn } from '../domain/msisdn.ts';
import { formatKes, kes } from '../domain/money.ts';
import type { Answer, Prompt, PromptEnd } from './prompts.ts';

export const LANGUAGES = ['en', 'sw'] as const;
export type Language = (typeof LANGUAGES)[number];

export interface PhoneTexts {
  readonly languageName: string;
  readonly simulated: string;
  readonly noMoney: string;
  readonly phonesTitle: string;
  readonly phonesIntro: string;
  readonly noPhones: string;
  readonly openPhone: string;
  readonly numberLabel: string;
  readonly show: string;
  readonly badNumber: string;
  readonly allPhones: string;
  readonly phoneTitle: (phone: Msisdn) => string;
  readonly waiting: (count: number) => string;
  readonly quiet: string;
  readonly quietHint: string;
  readonly question: (prompt: Prompt, business: string) => string;
  readonly note: (note: string) => string;
  readonly answers: Readonly<Record<Answer, string>>;
  readonly ignoreHint: string;
  readonly ignorePaymentHint: string;
  readonly earlier: string;
  readonly ends: Readonly<Record<PromptEnd, string>>;
  readonly gone: string;
  readonly messages: string;
  readonly received: (count: number) => string;
  readonly mailboxTitle: string;
  readonly mailboxIntro: string;
  readonly noMails: string;
  readonly mailTo: string;
  readonly connectionLost: string;
}

/** Non-breaking spaces keep a number or an amount on one line. */
const whole = (text: string): string => text.replaceAll(' ', '\u00a0');
const amount = (prompt: Prompt): string => whole(`KES ${formatKes(kes(prompt.amountKes))}`);
const masked = (recipient: Msisdn): string => whole(maskMsisdn(recipient));

export const PHONE_TEXTS: Readonly<Record<Language, PhoneTexts>> = {
  en: {
    languageName: 'English',
    simulated: 'SIMULATED',
    noMoney: 'No real phone, no real money.',
    phonesTitle: 'Simulated phones',
    phonesIntro: 'Where a payer would be asked for the PIN, a phone rings here.',
    noPhones:
      'No phone has rung yet. Buy airtime in the chat, and this page shows the phone that is asked to pay. A restart hangs up: an order from before it is handed to a person after ten minutes.',
    openPhone: 'Open a phone',
    numberLabel: 'Phone number',
    show: 'Show',
    badNumber: 'That is not a Kenyan mobile number. Try one like 0722 000 000.',
    allPhones: 'All phones',
    phoneTitle: (phone) => `Phone ${formatMsisdn(phone)}`,
    waiting: (count) => (count === 1 ? '1 request waits' : `${count} requests wait`),
    quiet: 'Nothing to pay.',
    quietHint:
      'A payment request shows here by itself. A restart hangs up: an order from before it is handed to a person after ten minutes.',
    question: (prompt, business) =>
      prompt.recipient === null
        ? `Do you want to pay ${amount(prompt)} to ${business}?`
        : `Do you want to pay ${amount(prompt)} to ${business} for airtime to ${masked(prompt.recipient)}?`,
    note: (note) => `Order ${note}`,
    answers: {
      approve: 'Approve',
      decline: 'Decline',
      'wrong-pin': 'Wrong PIN',
      'no-money': 'Not enough money',
      ignore: 'Ignore',
    },
    ignoreHint: 'Ignore: as if nobody looked at the phone. Nobody is told.',
    ignorePaymentHint: 'Ignore: as if nobody looked at the phone. The request expires after three minutes.',
    earlier: 'Earlier',
    ends: {
      approve: 'approved',
      decline: 'declined',
      'wrong-pin': 'wrong PIN',
      'no-money': 'not enough money',
      ignore: 'ignored',
      expired: 'expired',
    },
    gone: 'That request is no longer open.',
    messages: 'Messages',
    received: (count) => `${count} SMS`,
    mailboxTitle: 'Simulated mailbox',
    mailboxIntro: 'Every e-mail ends up here, whoever it is for. No real one was sent.',
    noMails: 'No e-mail has come yet. A restart empties this mailbox.',
    mailTo: 'To',
    connectionLost: 'Connection lost. Trying again…',
  },
  sw: {
    languageName: 'Kiswahili',
    simulated: 'MAJARIBIO',
    noMoney: 'Si simu halisi, si pesa halisi.',
    phonesTitle: 'Simu za majaribio',
    phonesIntro: 'Pale mlipaji angeombwa PIN, simu inalia hapa.',
    noPhones:
      'Hakuna simu iliyolia bado. Nunua airtime kwenye chat, na ukurasa huu utaonyesha simu inayoombwa kulipa. Programu ikianzishwa upya, maombi ya awali hupotea: oda zake huangaliwa na mhudumu baada ya dakika kumi.',
    openPhone: 'Fungua simu',
    numberLabel: 'Namba ya simu',
    show: 'Onyesha',
    badNumber: 'Hiyo si namba ya simu ya Kenya. Jaribu kama 0722 000 000.',
    allPhones: 'Simu zote',
    phoneTitle: (phone) => `Simu ${formatMsisdn(phone)}`,
    waiting: (count) => (count === 1 ? 'Ombi 1 linasubiri' : `Maombi ${count} yanasubiri`),
    quiet: 'Hakuna cha kulipa.',
    quietHint:
      'Ombi la malipo litaonekana hapa lenyewe. Programu ikianzishwa upya, maombi ya awali hupotea: oda zake huangaliwa na mhudumu baada ya dakika kumi.',
    question: (prompt, business) =>
      prompt.recipient === null
        ? `Je, unataka kulipa ${amount(prompt)} kwa ${business}?`
        : `Je, unataka kulipa ${amount(prompt)} kwa ${business} kwa airtime ya ${masked(prompt.recipient)}?`,
    note: (note) => `Oda ${note}`,
    answers: {
      approve: 'Kubali',
      decline: 'Kataa',
      'wrong-pin': 'PIN si sahihi',
      'no-money': 'Pesa hazitoshi',
      ignore: 'Puuza',
    },
    ignoreHint: 'Puuza: kana kwamba hakuna aliyeangalia simu. Hakuna anayejulishwa.',
    ignorePaymentHint: 'Puuza: kana kwamba hakuna aliyeangalia simu. Muda wa ombi huisha baada ya dakika tatu.',
    earlier: 'Yaliyopita',
    ends: {
      approve: 'limekubaliwa',
      decline: 'limekataliwa',
      'wrong-pin': 'PIN si sahihi',
      'no-money': 'pesa hazikutosha',
      ignore: 'limepuuzwa',
      expired: 'muda umeisha',
    },
    gone: 'Ombi hilo halipo tena.',
    messages: 'Ujumbe',
    received: (count) => `SMS ${count}`,
    mailboxTitle: 'Barua pepe za majaribio',
    mailboxIntro: 'Kila barua pepe huishia hapa, hata iwe ya nani. Hakuna iliyotumwa kweli.',
    noMails: 'Hakuna barua pepe iliyofika bado. Programu ikianzishwa upya, zilizopo hufutika.',
    mailTo: 'Kwa',
    connectionLost: 'Mtandao umekatika. Tunajaribu tena…',
  },
};

/** What was asked for, else what the browser prefers, else English. */
export function chooseLanguage(asked: string | undefined, acceptLanguage: string | undefined): Language {
  const known = LANGUAGES.find((language) => language === asked);
  return known ?? (/^\s*sw\b/i.test(acceptLanguage ?? '') ? 'sw' : 'en');
}
