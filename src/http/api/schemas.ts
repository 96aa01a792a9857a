/**
 * Owns the fields of the SMS wallet's API, as sms-wallet-api.txt lists them: names, which are required, and the limits that it leaves
 * open. Unknown fields are refused, because a misspelled one would silently be none.
 */

import { z } from '@hono/zod-openapi';
import { APP_ID, isPlainLine, LARGEST_DEBIT, LARGEST_TOP_UP_KES, LONGEST_USER_ID } from '../../domain/wallet.ts';
import { namesPayment } from '../../domain/payment-key.ts';
import { HIGHEST_PRICE_MILLIKES, LOWEST_PRICE_MILLIKES, parseMilliKes } from '../../domain/tariff.ts';
import { MILLIKES_PER_KES } from '../../domain/money.ts';

export const line = (most: number): z.ZodString =>
  z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(most, `must have at most ${most} characters`)
    .refine(isPlainLine, { error: 'must be one line of plain text', abort: true });

export const userId = line(LONGEST_USER_ID).openapi({
  description: 'Whose wallet. Unique within its app.',
  example: 'shop-1045',
});
export const appId = z
  .string()
  .trim()
  .regex(APP_ID, 'must be letters, digits, dots, dashes or underscores, at most 64')
  .openapi({ description: 'The app through which it is done, if any.', example: 'acme' });

export const whole = (least: number, most: number, what: string): z.ZodNumber =>
  z
    .number(`must be a number of ${what}`)
    .refine(Number.isInteger, { error: `must be whole ${what}`, abort: true })
    .min(least, `must be ${least} or more`)
    .max(most, `must be ${most} or less`);

export const TopUpRequest = z
  .strictObject({
    userId,
    purchaseAmount: whole(1, LARGEST_TOP_UP_KES, 'shillings').openapi({ description: 'KES spent on SMS.', example: 400 }),
    paymentMethod: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9 _-]{0,39}$/, 'must be a name like mpesa, visa or paypal')
      .openapi({ example: 'mpesa' }),
    paymentReference: line(128).refine(namesPayment, "must be the payment provider's reference").openapi({
      description: "The payment provider's reference. It is credited once, however it is spelt.",
      example: 'SKJ4X8Y2ZQ',
    }),
    appId: appId.optional(),
    paymentStatus: z
      .enum(['success', 'failure'], 'must be success or failure')
      .openapi({ description: 'Believed only from a key with the scope payment:trust.' }),
    transactionId: line(128).openapi({
      description: 'One id is one top-up, however often it is sent.',
      example: 'tx-2026-11-0001',
    }),
    topupDate: z.iso.datetime({ offset: true, error: 'must be a date and time like 2026-11-23T12:00:00+03:00' }).openapi({
      example: '2026-11-23T12:00:00+03:00',
    }),
  })
  .openapi('TopUpRequest');

export const TopUpAnswer = z
  .object({
    status: z.enum(['success', 'failure']),
    smsAdded: z.int().openapi({ example: 500 }),
    newSmsBalance: z.int().openapi({ example: 500 }),
    userId: z.string().openapi({ example: 'shop-1045' }),
    purchaseAmount: z.number().openapi({ example: 400 }),
    unitCost: z.number().openapi({ description: 'KES for one SMS when it was bought.', example: 0.8 }),
    message: z.string().openapi({ example: '500 SMS were added.' }),
  })
  .openapi('TopUpAnswer');

export const NothingAsked = z.strictObject({});

export const OwnerQuery = z.strictObject({ userId, appId: appId.optional() });

export const BalanceAnswer = z
  .object({
    userId: z.string().openapi({ example: 'shop-1045' }),
    smsBalance: z.int().openapi({ example: 500 }),
    unitCost: z.number().openapi({ example: 0.8 }),
    lastUpdated: z.string().openapi({ example: '2026-11-23T09:00:00.000Z' }),
  })
  .openapi('Balance');

export const DebitRequest = z
  .strictObject({
    userId,
    appId: appId.optional(),
    units: whole(1, LARGEST_DEBIT, 'SMS').openapi({ description: 'SMS that were sent.', example: 40 }),
    idempotencyKey: line(128).openapi({ description: 'One key is one debit, however often it is sent.', example: 'campaign-77' }),
    reason: line(200).openapi({ example: 'campaign 77' }),
  })
  .openapi('DebitRequest');

export const DebitAnswer = z
  .object({
    status: z.literal('success'),
    userId: z.string().openapi({ example: 'shop-1045' }),
    units: z.int().openapi({ example: 40 }),
    newSmsBalance: z.int().openapi({ example: 460 }),
  })
  .openapi('DebitAnswer');

export const STATEMENT_PAGE = 100;

export const StatementQuery = z.strictObject({
  userId,
  appId: appId.optional(),
  before: z.coerce.number('must be a number').int().positive().optional().openapi({
    description: 'The `next` of the page before.',
  }),
  limit: z.coerce.number('must be a number').int().min(1).max(1_000).default(STATEMENT_PAGE),
  format: z.enum(['json', 'csv'], 'must be json or csv').default('json'),
});

export const StatementAnswer = z
  .object({
    userId: z.string().openapi({ example: 'shop-1045' }),
    lines: z.array(
      z.object({
        at: z.string().openapi({ example: '2026-11-23T09:00:00.000Z' }),
        what: z.enum(['top_up', 'use', 'adjustment', 'reversal']),
        sms: z.number().openapi({ description: 'Added, or below zero: spent.', example: 500 }),
        balance: z.number().openapi({ example: 500 }),
        reference: z.string().nullable().openapi({ example: 'tx-2026-11-0001' }),
        reason: z.string().nullable(),
        paymentReference: z
          .string()
          .nullable()
          .openapi({ description: 'Of the payment behind a top-up.', example: 'SKJ4X8Y2ZQ' }),
      }),
    ),
    next: z.int().nullable().openapi({ description: 'For `before`, to read on; null at the end.', example: null }),
  })
  .openapi('Statement');

/** A price, written as it is spoken: "0.8", or the number 0.8. */
const price = z
  .union([z.number(), z.string()], 'must be a price like 0.8')
  .transform((value) => parseMilliKes(String(value)))
  .pipe(
    z
      .number('must be a price like 0.8, with three decimals at most')
      .min(LOWEST_PRICE_MILLIKES, `must be ${LOWEST_PRICE_MILLIKES / MILLIKES_PER_KES} or more`)
      .max(HIGHEST_PRICE_MILLIKES, `must be ${HIGHEST_PRICE_MILLIKES / MILLIKES_PER_KES} or less`),
  )
  .openapi({ type: 'number', description: 'KES for one SMS, at most three decimals.', example: 0.4 });

export const SetCostRequest = z
  .strictObject({
    level: z.enum(['platform', 'app', 'customer'], 'must be platform, app or customer'),
    appId: appId.optional(),
    userId: userId.optional(),
    pricePerSms: price.nullable().openapi({ description: 'null takes the price away: the next wider one holds again.' }),
  })
  .superRefine(({ level, appId: app, userId: user }, context) => {
    const wrong = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message });
    if (level === 'app' && app === undefined) wrong('appId', 'is needed for the price of an app');
    if (level === 'customer' && user === undefined) wrong('userId', 'is needed for the price of a customer');
    if (level === 'platform' && app !== undefined) wrong('appId', 'must be left out for the price of the platform');
    if (level !== 'customer' && user !== undefined) wrong('userId', `must be left out for the price of the ${level}`);
  })
  .openapi('SetCostRequest');

export const CurrentCostAnswer = z
  .object({
    userId: z.string().openapi({ example: 'shop-1045' }),
    pricePerSms: z.number().openapi({ example: 0.8 }),
    source: z.enum(['platform', 'app', 'customer', 'default']),
  })
  .openapi('CurrentCost');

export const CostsAnswer = z
  .object({
    defaultPricePerSms: z.number().openapi({ example: 0.8 }),
    costs: z.array(
      z.object({
        level: z.enum(['platform', 'app', 'customer']),
        appId: z.string().nullable(),
        userId: z.string().nullable(),
        pricePerSms: z.number(),
        setBy: z.string(),
        setAt: z.string(),
      }),
    ),
  })
  .openapi('Costs');
