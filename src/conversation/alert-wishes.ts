/**
 * Owns what a person says of alerts on their own SMS: below how many they want to be told, which are set. Alerts that a program or
 * the shop has set are shown, and left to whoever set them. Which is to go stands in alert-removal.ts.
 */

import { kes, MILLIKES_PER_KES } from '../domain/money.ts';
import { unitsFor } from '../domain/tariff.ts';
import { parseThreshold } from '../domain/threshold.ts';
import { messagesOf } from '../domain/wallet.ts';
import { SET_IN_CHAT, type OwnAlert, type OwnWallet } from '../domain/wallet-owner.ts';
import type { Understood } from '../understanding/understood.ts';
import { freeChoice } from './choice.ts';
import { walletName } from './wallet-name.ts';
import type { Choice, Param, Phrase } from './reply.ts';
import { again, freshDraft, lookFirst, type Answer, type Scene } from './scene.ts';
import { buySmsChoice } from './small-talk.ts';
import { walletsMeant } from './wallet-words.ts';

/** "Alert me below 500 sms", "my alerts". It is about the wallet that is named, or that a purchase would fill. */
export function alertWish(scene: Scene, said: Understood): Answer {
  const { wallets } = scene.around;
  const way = said.alert?.way ?? null;
  if (said.problems.some(({ kind }) => kind === 'cents' || kind === 'part_sms')) return again(scene, [{ key: 'alert:whole' }]);
  if (said.problems.some(({ kind }) => kind === 'negative')) return again(scene, [{ key: 'alert:unlikely' }]);
  if (said.threshold === null) return way === null ? alertsListed(scene) : again(scene, [otherWay(way)]);
  if (wallets === null) return lookFirst(scene);
  const wallet = meant(wallets, said);
  if (wallet?.open == null) return nothingToWatch(scene);
  if (said.inMoney) return inMoney(scene, wallet, said.threshold);
  const units = parseThreshold(said.threshold);
  if (!units.ok) return again(scene, [{ key: 'alert:unlikely' }]);
  return way === null ? alertSet(scene, wallets, wallet, units.value) : offered(scene, wallet, units.value, [otherWay(way)]);
}

/** "50.<key>": an alert that was offered in place of what cannot be set. */
export function alertTapped(scene: Scene, value: string): Answer {
  const { wallets } = scene.around;
  const [count = '', key = ''] = value.split('.');
  const units = parseThreshold(/^\d{1,9}$/.test(count) ? Number(count) : 0);
  if (!units.ok) return again(scene, [{ key: 'common:unknown-button' }]);
  if (wallets === null) return lookFirst(scene);
  const wallet = wallets.find((one) => one.key === key);
  return wallet?.open == null ? again(scene, [{ key: 'common:gone-button' }]) : alertSet(scene, wallets, wallet, units.value);
}

/** "Make it 80" right after an alert was set, or "80" after how to set one was told: its number, where nothing is being bought. */
export function alertCorrected(scene: Scene, said: Understood): Answer | null {
  const count = said.smsUnits ?? said.amount;
  if (scene.alertSet === null || freshDraft(scene) !== null || count === null || said.intent !== 'other') return null;
  if (said.inMoney || said.isAboutElse || said.numbers.length > 0 || said.recipient !== null || said.paymentNetwork !== null)
    return null;
  const { wallets } = scene.around;
  if (wallets === null) return lookFirst(scene);
  const wallet = wallets.find(({ key }) => key === scene.alertSet);
  if (wallet?.open == null) return null;
  const units = parseThreshold(count);
  if (units.ok) return alertSet(scene, wallets, wallet, units.value);
  return again({ ...scene, session: { ...scene.session, alertSet: wallet.key } }, [{ key: 'alert:unlikely' }]);
}

function alertSet(before: Scene, wallets: readonly OwnWallet[], wallet: OwnWallet, units: number): Answer {
  const scene: Scene = { ...before, session: { ...before.session, alertSet: wallet.key } };
  const balance = messagesOf(wallet.balances);
  const params = { threshold: { grouped: units }, balance: { grouped: balance } };
  return again(
    scene,
    [
      { key: balance < units ? 'alert:set-low' : 'alert:set', params },
      ...which(wallets, wallet),
      ...instead(wallets, wallet, units),
    ],
    [
      { kind: 'set_alert', wallet: wallet.key, units },
      // Whoever wants to be told wants alerts again.
      { kind: 'stop_alerts', stopped: false },
    ],
  );
}

/** The one alert that can be set in a chat takes the place of the one before it; how to have that back, where few words name the wallet. */
function instead([usual]: readonly OwnWallet[], wallet: OwnWallet, units: number): Phrase[] {
  const before = ownAlert(wallet);
  if (before === undefined || before.units === units) return [];
  const key = wallet === usual ? 'alert:instead' : 'alert:instead-there';
  return [{ key, params: { before: { grouped: before.units } } }];
}

/** "When KES 20 is left": what that comes to today, because SMS are counted and their price may change. */
function inMoney(scene: Scene, wallet: OwnWallet, amount: number): Answer {
  const { milliKes } = wallet.price;
  const units = parseThreshold(unitsFor(amount * MILLIKES_PER_KES, milliKes).units);
  if (!units.ok) return again(scene, [{ key: 'alert:unlikely' }]);
  const params = { amount: { kes: kes(amount) }, price: { milliKes }, threshold: { grouped: units.value } };
  return offered(scene, wallet, units.value, [{ key: 'alert:in-money', params }]);
}

/** An alert that comes in this chat, to be taken with one tap; in the middle of a purchase by writing it. */
function offered(scene: Scene, wallet: OwnWallet, units: number, lead: readonly Phrase[]): Answer {
  const params = { threshold: { grouped: units } };
  const choice: Choice = { id: freeChoice('alert', `${units}.${wallet.key}`), label: { key: 'alert:here', params } };
  return again(scene, [...lead, { key: 'alert:say-here', params }], [], [choice]);
}

/** Where an SMS or an e-mail would go is for a person to set up: anybody could name anybody's address here. */
function otherWay(way: 'sms' | 'email'): Phrase {
  return { key: `alert:way-${way}` };
}

export function ownAlert({ alerts }: OwnWallet): OwnAlert | undefined {
  return alerts.find(({ createdBy }) => createdBy === SET_IN_CHAT);
}

/** "My alerts", also where the wallet that a purchase would fill is not open yet; how to set one where there is none. */
export function alertsListed(scene: Scene): Answer {
  const { wallets } = scene.around;
  if (wallets === null) return lookFirst(scene);
  if (wallets.some(({ alerts }) => alerts.length > 0)) return listed(scene, wallets);
  const [wallet] = wallets;
  if (wallet?.open == null) return nothingToWatch(scene);
  // Who is told how to set one may answer with the number alone.
  return again({ ...scene, session: { ...scene.session, alertSet: wallet.key } }, [{ key: 'alert:none' }]);
}

/** What is named, or fits what is said alone; else the one that a purchase would fill. */
function meant(wallets: readonly OwnWallet[], said: Understood): OwnWallet | undefined {
  const fitting = walletsMeant(said, wallets, null) ?? [];
  return fitting.length === 1 ? fitting[0] : wallets[0];
}

function nothingToWatch(scene: Scene): Answer {
  if (!scene.around.business.sellsSms) return again(scene, [{ key: 'answers:not-offered' }]);
  return again(scene, [{ key: 'alert:no-wallet' }], [], [buySmsChoice]);
}

export function which({ length }: readonly OwnWallet[], wallet: OwnWallet): Phrase[] {
  return length > 1 ? [{ key: 'alert:which', params: { wallet: walletName(wallet) } }] : [];
}

function listed(scene: Scene, wallets: readonly OwnWallet[]): Answer {
  const several = wallets.length > 1;
  const lines = wallets.flatMap((wallet) => wallet.alerts.map((alert) => lineOf(alert, several ? wallet : null)));
  const off: Phrase[] = scene.around.alertsStopped ? [{ key: 'alert:off' }] : [];
  const choices = wallets.flatMap((wallet) => removalChoices(wallet, several));
  return again(scene, [{ key: 'alert:list', params: { alerts: { lines } } }, ...off], [], choices);
}

/** `wallet`: which of several. */
export function lineOf({ createdBy, units }: OwnAlert, wallet: OwnWallet | null): Phrase {
  const threshold: Param = { grouped: units };
  const own = createdBy === SET_IN_CHAT;
  if (wallet === null) return { key: own ? 'alert:line' : 'alert:line-other', params: { threshold } };
  return { key: own ? 'alert:line-of' : 'alert:line-other-of', params: { threshold, wallet: walletName(wallet) } };
}

export function removalChoices(wallet: OwnWallet, several: boolean): Choice[] {
  const { key } = wallet;
  const own = ownAlert(wallet);
  if (own === undefined) return [];
  const threshold: Param = { grouped: own.units };
  const label: Phrase = several
    ? { key: 'alert:remove-of', params: { threshold, wallet: walletName(wallet) } }
    : { key: 'alert:remove', params: { threshold } };
  return [{ id: freeChoice('unalert', key), label }];
}
