/**
 * Owns the end of an alert that a person set for themselves: by words, by button, one or all. What does not say which is asked. Alerts
 * that others set up stay; "stop alerts" (stopping.ts) silences those too.
 */

import type { OwnWallet } from '../domain/wallet-owner.ts';
import type { SaidAlert, Understood } from '../understanding/understood.ts';
import { alertsListed, lineOf, ownAlert, removalChoices, which } from './alert-wishes.ts';
import { freeChoice } from './choice.ts';
import type { Choice, Phrase } from './reply.ts';
import { again, lookFirst, type Answer, type Scene } from './scene.ts';
import { walletsMeant } from './wallet-words.ts';

/** The value of the button that removes them all; no wallet's key is as short. */
const ALL = 'all';

/** "Remove the alert below 80", "delete my alert", "futa arifa zote". */
export function alertRemoval(scene: Scene, said: Understood, { below, all }: NonNullable<SaidAlert['removes']>): Answer {
  const { wallets } = scene.around;
  if (wallets === null) return lookFirst(scene);
  const own = wallets.filter((wallet) => ownAlert(wallet) !== undefined);
  const meant = own.filter((wallet) => walletsMeant(said, wallets, null)?.includes(wallet) ?? true);
  if (own.length === 0) return noneOwn(scene, wallets);
  if (all) return removed(scene, wallets, meant);
  const fitting = meant.filter((wallet) => below === null || ownAlert(wallet)?.units === below);
  if (fitting.length === 1) return removed(scene, wallets, fitting);
  if (fitting.length > 1) return asked(scene, wallets, fitting);
  const others = wallets.some(({ alerts }) => alerts.some(({ units }) => units === below));
  const why: Phrase =
    others || below === null ? { key: 'alert:others-only' } : { key: 'alert:no-such', params: { threshold: { grouped: below } } };
  return asked(scene, wallets, own, [why]);
}

/** The button of a list that was shown now or long ago. */
export function alertRemoved(scene: Scene, key: string | null): Answer {
  const { wallets } = scene.around;
  if (wallets === null) return lookFirst(scene);
  const meant = wallets.filter((wallet) => (key === ALL || wallet.key === key) && ownAlert(wallet) !== undefined);
  return meant.length === 0 ? again(scene, [{ key: 'alert:none' }]) : removed(scene, wallets, meant);
}

function removed(scene: Scene, wallets: readonly OwnWallet[], gone: readonly OwnWallet[]): Answer {
  const [only, ...more] = gone;
  if (only === undefined) return alertsListed(scene);
  const told: Phrase[] =
    more.length === 0
      ? [{ key: 'alert:removed', params: { threshold: { grouped: ownAlert(only)?.units ?? 0 } } }, ...which(wallets, only)]
      : [{ key: 'alert:removed-all', params: { alerts: { lines: gone.flatMap((wallet) => ownLine(wallet, true)) } } }];
  const stay: Phrase[] = wallets.some(hasOthers) ? [{ key: 'alert:others-stay' }] : [];
  return again(
    scene,
    [...told, ...stay],
    gone.map(({ key }) => ({ kind: 'remove_alert', wallet: key }) as const),
  );
}

function noneOwn(scene: Scene, wallets: readonly OwnWallet[]): Answer {
  return wallets.some(hasOthers) ? again(scene, [{ key: 'alert:others-only' }]) : alertsListed(scene);
}

/** Which of these, with how to say it: in the middle of a purchase there is no room for the buttons. */
function asked(scene: Scene, wallets: readonly OwnWallet[], among: readonly OwnWallet[], why: readonly Phrase[] = []): Answer {
  const several = wallets.length > 1;
  const params = {
    alerts: { lines: among.flatMap((wallet) => ownLine(wallet, several)) },
    threshold: { grouped: among.map((wallet) => ownAlert(wallet)?.units ?? 0)[0] ?? 0 },
  };
  const all: Choice[] = among.length > 1 ? [{ id: freeChoice('unalert', ALL), label: { key: 'alert:remove-all' } }] : [];
  const choices = [...among.flatMap((wallet) => removalChoices(wallet, several)), ...all];
  return again(scene, [...why, { key: 'alert:remove-which', params }], [], choices);
}

function ownLine(wallet: OwnWallet, several: boolean): Phrase[] {
  const own = ownAlert(wallet);
  return own === undefined ? [] : [lineOf(own, several ? wallet : null)];
}

function hasOthers(wallet: OwnWallet): boolean {
  return wallet.alerts.some((alert) => alert !== ownAlert(wallet));
}
