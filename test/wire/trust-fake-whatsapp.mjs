/**
 * Makes a real process trust the fake WhatsApp server: `node --import ./test/wire/trust-fake-whatsapp.mjs dist/main.js`. It
 * replaces the one public key that Baileys checks the server's certificate against; the product has no switch for this.
 */

import { WA_CERT_DETAILS } from '@whiskeysockets/baileys';

WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from('55c505b490a2591dc21704d758b741bdecda5ffba0f0bf463dafaf01ead5a760', 'hex');
