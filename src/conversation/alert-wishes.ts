/**
 * Owns what a person says of alerts on their own SMS: below how many they want to be told, which are set, which is to go. Alerts that
 * a program or the shop has set are shown, and left to whoever set them; "stop alerts" (stopping.ts) ends them all.
 */

import { parseThreshold } from '../domain/threshold.ts';
import { messagesOf } from '../domain/wallet.ts';
import { SET_IN_CHAT, type OwnWallet } from '../domain/wallet-owner.ts';
import type { Understood } from '../understanding/understood.ts';
import { freeChoice } from './choice.ts';
import { walletName } from './wallet-name.ts';
import type { Choice, Param, Phrase } from './reply.ts';
import { again, lookFirst, type Answer, type Scene } from './scene.ts';
import { buySmsChoice } from './small-talk.ts';
import { walletsMeant } from './wallet-words.ts';

/** "Alert me below 500 sms", "my alerts". It is about the wallet that is named, or that a purchase would fill. */
export function alertWish(scene: Scene, said: Understood): Answer {
  const { wallets } = scene.around;
  if (said.threshold === null) return alertsListed(scene);
  if (wallets === null) return lookFirst(scene);
  const wallet = meant(wallets, said);
  if (wallet?.open == null) return nothingToWatch(scene);
  const units = parseThreshold(said.threshold);
  if (!units.ok) return again(scene, [{ key: 'alert:unlikely' }]);
  const balance = messagesOf(wallet.balances);
  const params = { threshold: { grouped: units.value }, balance: { grouped: balance } };
  const before = wallet.alerts.find(({ createdBy }) => createdBy === SET_IN_CHAT);
  const instead: Phrase[] =
    before === undefined || before.units === units.value
      ? []
      : [{ key: 'alert:instead', params: { before: { grouped: before.units } } }];
  return again(
    scene,
    [{ key: balance < units.value ? 'alert:set-low' : 'alert:set', params }, ...instead, ...which(wallets, wallet)],
    [
      { kind: 'set_alert', wallet: wallet.key, units: units.value },
      // Whoever wants to be told wants alerts again.
      { kind: 'stop_alerts', stopped: false },
    ],
  );
}

/** "My alerts", also where the wallet that a purchase would fill is not open yet; how to set one where there is none. */
export function alertsListed(scene: Scene): Answer {
  const { wallets } = scene.around;
  if (wallets === null) return lookFirst(scene);
  if (wallets.some(({ alerts }) => alerts.length > 0)) return listed(scene, wallets);
  const [wallet] = wallets;
  if (wallet?.open == null) return nothingToWatch(scene);
  return again(scene, [{ key: 'alert:none' }]);
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

function which({ length }: readonly OwnWallet[], wallet: OwnWallet): Phrase[] {
  return length > 1 ? [{ key: 'alert:which', params: { wallet: walletName(wallet) } }] : [];
}

function listed(scene: Scene, wallets: readonly OwnWallet[]): Answer {
  const several = wallets.length > 1;
  const lines = wallets.flatMap((wallet) => wallet.alerts.map((alert) => lineOf(alert, several ? wallet : null)));
  const off: Phrase[] = scene.around.alertsStopped ? [{ key: 'alert:off' }] : [];
  const choices = wallets.flatMap((wallet) => removal(wallet, several));
  return again(scene, [{ key: 'alert:list', params: { alerts: { lines } } }, ...off], [], choices);
}

/** `wallet`: which of several. */
function lineOf({ createdBy, units }: OwnWallet['alerts'][number], wallet: OwnWallet | null): Phrase {
  const threshold: Param = { grouped: units };
  const own = createdBy === SET_IN_CHAT;
  if (wallet === null) return { key: own ? 'alert:line' : 'alert:line-other', params: { threshold } };
  return { key: own ? 'alert:line-of' : 'alert:line-other-of', params: { threshold, wallet: walletName(wallet) } };
}

function removal(wallet: OwnWallet, several: boolean): Choice[] {
  const { key, alerts } = wallet;
  const own = alerts.find(({ createdBy }) => createdBy === SET_IN_CHAT);
  if (own === undefined) return [];
  const threshold: Param = { grouped: own.units };
  const label: Phrase = several
    ? { key: 'alert:remove-of', params: { threshold, wallet: walletName(wallet) } }
    : { key: 'alert:remove', params: { threshold } };
  return [{ id: freeChoice('unalert', key), label }];
}

/** The button of a list that was shown now or long ago. */
export function alertRemoved(scene: Scene, key: string | null): Answer {
  const { wallets } = scene.around;
  if (wallets === null) return lookFirst(scene);
  const wallet = wallets.find((one) => one.key === key);
  const own = wallet?.alerts.find(({ createdBy }) => createdBy === SET_IN_CHAT);
  if (wallet === undefined || own === undefined) return again(scene, [{ key: 'alert:none' }]);
  const told: Phrase = { key: 'alert:removed', params: { threshold: { grouped: own.units } } };
  return again(scene, [told, ...which(wallets, wallet)], [{ kind: 'remove_alert', wallet: wallet.key }]);
}
