/**
 * Owns the shape of Telegram's updates as far as we read them. Fields we do not read are not looked at, so that a new kind of
 * message never breaks the reading; a field we do read is checked, so that nothing of a wrong type gets past here.
 */

import { z } from 'zod';

const user = z.object({
  id: z.number(),
  first_name: z.string().optional(),
  last_name: z.string().optional(),
  language_code: z.string().optional(),
});

const chat = z.object({ id: z.number(), type: z.string() });

const contact = z.object({
  phone_number: z.string(),
  first_name: z.string().optional(),
  last_name: z.string().optional(),
  user_id: z.number().optional(),
  vcard: z.string().optional(),
});

const message = z.looseObject({
  message_id: z.number(),
  date: z.number(),
  edit_date: z.number().optional(),
  chat,
  from: user.optional(),
  text: z.string().optional(),
  contact: contact.optional(),
});

const update = z.object({
  update_id: z.int(),
  message: message.optional(),
  edited_message: message.optional(),
  callback_query: z
    .object({
      id: z.string(),
      from: user,
      /** Date 0 when Telegram has forgotten the message: then it tells only where it was. */
      message: z.object({ message_id: z.number(), chat }).optional(),
      data: z.string().optional(),
    })
    .optional(),
  my_chat_member: z.object({ chat, from: user, date: z.number(), new_chat_member: z.object({ status: z.string() }) }).optional(),
});

export type TelegramUser = z.infer<typeof user>;
export type TelegramContact = z.infer<typeof contact>;
export type TelegramMessage = z.infer<typeof message>;
export type TelegramUpdate = z.infer<typeof update>;

/** Null when it is not an update, or one whose fields are not of the documented types. */
export function readUpdate(value: unknown): TelegramUpdate | null {
  const read = update.safeParse(value);
  return read.success ? read.data : null;
}
