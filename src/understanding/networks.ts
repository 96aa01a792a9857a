/**
 * Owns which payment network is meant. A brand that is also a mobile operator ("airtel") counts only where paying is spoken of,
 * or where the bot has just asked; "buy airtel airtime" says nothing about paying.
 */

import type { PaymentNetwork } from '../domain/networks.ts';
import { has, type Item, type WordItem } from './items.ts';
import type { Scene } from './scene.ts';
import type { Problem } from './understood.ts';

export interface Networks {
  readonly network: PaymentNetwork | null;
  readonly denied: readonly PaymentNetwork[];
  readonly problems: readonly Problem[];
}

export function networksOf(scene: Scene, asked: boolean): Networks {
  const said = new Set<PaymentNetwork>();
  const denied = new Set<PaymentNetwork>();
  for (const [at, item] of scene.items.entries()) {
    if (item.kind !== 'word') continue;
    const network = item.network !== null ? ownName(scene, at, item, item.network, asked) : brandName(scene, at, item, asked);
    if (network === null) continue;
    if (scene.denied.has(at)) denied.add(network);
    else said.add(network);
  }
  for (const network of denied) said.delete(network);
  const all = [...said];
  if (all.length > 1) return { network: null, denied: [...denied], problems: [{ kind: 'two_networks', networks: all }] };
  return { network: all[0] ?? null, denied: [...denied], problems: [] };
}

/** Equitel is an operator too: "equitel airtime", "my equitel line". */
function ownName(scene: Scene, at: number, item: WordItem, network: PaymentNetwork, asked: boolean): PaymentNetwork | null {
  if (network !== 'Equitel' || item.key !== 'equitel' || asked) return network;
  const after = scene.items[at + 1];
  return has(after, 'airtime', 'line', 'number_word', 'credit', 'salio', 'bundles') || has(scene.items[at - 1], 'airtime')
    ? null
    : network;
}

function brandName(scene: Scene, at: number, item: WordItem, asked: boolean): PaymentNetwork | null {
  if (item.brand === null) return null;
  const before = scene.items[at - 1];
  const after = scene.items[at + 1];
  if (asked) return item.brand;
  if (has(after, 'airtime', 'line', 'credit', 'salio', 'bundles', 'sms') || after?.kind === 'phone') return null;
  if (has(after, 'number_word')) return has(before, 'from', 'pay', 'use', 'payer_self') ? item.brand : null;
  if (has(before, 'from', 'pay', 'use', 'network_noun', 'payer_self')) return item.brand;
  return has(before, 'with', 'filler') && paysNear(scene.items, at) ? item.brand : null;
}

function paysNear(items: readonly Item[], at: number): boolean {
  return items.slice(Math.max(0, at - 4), at).some((item) => has(item, 'pay', 'payer_self', 'from', 'use', 'change'));
}
