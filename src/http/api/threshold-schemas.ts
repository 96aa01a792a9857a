/** Owns the fields of thresholds in the API: those that sms-wallet-api.txt lists, and ours beside them: recipients and quiet hours. */

import { z } from '@hono/zod-openapi';
import { ALERT_TYPES, ALERT_WAYS, MOST_RECIPIENTS } from '../../domain/alert.ts';
import { parseMsisdn } from '../../domain/msisdn.ts';
import {
  ALERT_PLACEHOLDERS,
  LARGEST_THRESHOLD,
  LONGEST_ALERT_MESSAGE,
  parseAlertMessage,
  type QuietHours,
} from '../../domain/threshold.ts';
import { CHANNELS } from '../../ports/channel.ts';
import { appId, line, userId, whole } from './schemas.ts';

const createdBy = line(128).openapi({
  description: 'Who set it. A wallet has one threshold of each. "chat" is what the user themselves sets in the chat.',
  example: 'admin-1',
});

const PLACEHOLDERS = ALERT_PLACEHOLDERS.map((name) => `{${name}}`).join(', ');

const alertMessage = z
  .string()
  .max(10 * LONGEST_ALERT_MESSAGE, 'is too long')
  .transform((text, context) => {
    const parsed = parseAlertMessage(text);
    if (parsed.ok) return parsed.value;
    const message = {
      empty: 'must not be empty',
      too_long: `must have at most ${LONGEST_ALERT_MESSAGE} characters`,
      control_characters: 'must be plain text',
      unknown_placeholder: `may name in braces only ${PLACEHOLDERS}`,
    }[parsed.error];
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  })
  .openapi({
    type: 'string',
    description: `May name ${PLACEHOLDERS}. Where recipients names anybody, no link, address, code to dial or number of five digits or more may stand in it but the shop's own contact.`,
    example: 'Only {balance} SMS left, please top up.',
  });

const listOf = <Item extends z.ZodType>(item: Item) =>
  z
    .array(item, 'must be a list')
    .max(MOST_RECIPIENTS, `must name at most ${MOST_RECIPIENTS}`)
    .refine((list) => new Set(list).size === list.length, 'must name each once')
    .optional();

const mobile = z
  .string('must be a phone number')
  .max(40, 'must be a phone number')
  .transform((text, context) => {
    const parsed = parseMsisdn(text);
    if (parsed.ok) return parsed.value;
    context.addIssue({ code: 'custom', message: 'must be a Kenyan mobile number' });
    return z.NEVER;
  })
  .openapi({ type: 'string', example: '0722000001' });

const chat = line(160)
  .refine((text) => CHANNELS.some((channel) => text.startsWith(`${channel}:`) && text.length > channel.length + 1), {
    error: `must be a chat like telegram:4711 (${CHANNELS.join(', ')})`,
  })
  .openapi({ example: 'telegram:4711' });

const email = z.email('must be an e-mail address').max(254, 'must be an e-mail address').openapi({ example: 'shop@example.com' });

const recipients = z.strictObject({ email: listOf(email), mobile: listOf(mobile), chat: listOf(chat) }).openapi({
  description:
    "Who is told. A list that is left out is the user's own addresses, as far as they are known when the alert goes out; an empty one is nobody.",
});

const DAY_MINUTES = 24 * 60;
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time like 21:00');

const quietHours = z.strictObject({ from: clock, to: clock }).openapi({
  description: 'Time in Nairobi in which nobody is told; what happens then is told afterwards.',
  example: { from: '21:00', to: '07:00' },
});

export const ThresholdRequest = z
  .strictObject({
    userId,
    appId: appId.optional(),
    thresholdAmount: whole(1, LARGEST_THRESHOLD, 'SMS').openapi({ description: 'Alert below so many SMS.', example: 100 }),
    alertType: z.enum(ALERT_TYPES, 'must be sms, email, both or chat').openapi({
      description: 'Ways by which alerts go. A chat of the user, where one is known, is told as well.',
    }),
    notificationMethod: z.enum(ALERT_WAYS, 'must be sms, email or chat').openapi({
      description: 'One more way, beside those of alertType; the same as alertType adds none.',
    }),
    alertMessage,
    createdBy,
    recipients: recipients.optional(),
    quietHours: quietHours.optional(),
  })
  .openapi('SetThresholdRequest');

const list = z.array(z.string()).nullable();

const Threshold = z
  .object({
    thresholdAmount: z.int().openapi({ example: 100 }),
    alertType: z.enum(ALERT_TYPES),
    notificationMethod: z.enum(ALERT_WAYS),
    alertMessage: z.string().nullable(),
    createdBy: z.string(),
    recipients: z
      .object({ email: list, mobile: list, chat: list })
      .openapi({ description: "null: the user's own addresses, as far as they are known." }),
    quietHours: z.object({ from: z.string(), to: z.string() }).nullable(),
    lastAlert: z
      .string()
      .nullable()
      .openapi({ description: 'When it was told last, in UTC. Not told where recipients names a chat: null.' }),
  })
  .openapi('Threshold');

export const ThresholdAnswer = z
  .object({ status: z.literal('success'), userId: z.string(), ...Threshold.shape, message: z.string() })
  .openapi('ThresholdAnswer');

export const ThresholdsAnswer = z.object({ userId: z.string(), thresholds: z.array(Threshold) }).openapi('Thresholds');

export const RemoveThresholdRequest = z
  .strictObject({ userId, appId: appId.optional(), createdBy })
  .openapi('RemoveThresholdRequest');

export function quietOf({ from, to }: z.infer<typeof quietHours>): QuietHours {
  return { fromMinute: minuteOf(from), toMinute: minuteOf(to) };
}

function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

/** "21:00". */
export function timeOf(minute: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor((minute % DAY_MINUTES) / 60))}:${two(minute % 60)}`;
}
