/** What an alert tells in tests that are not about its words: 400 SMS are left of a threshold of 500. */

import type { AlertFacts } from '../../src/domain/alert.ts';

export const ALERT_FACTS: AlertFacts = {
  kind: 'crossing',
  balance: 400,
  threshold: 500,
  daysLeft: 3,
  topUpKes: 500,
  walletKey: 'K1',
  user: 'me',
  setBy: 'admin',
  wallet: null,
  message: null,
  othersMayRead: true,
};
