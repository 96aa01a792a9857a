/** Owns the bot's menu of commands, told to Telegram per language at every start. The bot works without it, so failing is only logged. */

import type { Log } from '../../lib/log.ts';
import type { Api } from './api.ts';
import { troubleOf } from './trouble.ts';

export interface CommandList {
  /** ISO 639-1; null for everybody whose language has no list of its own. */
  readonly language: 'en' | 'sw' | null;
  /** `command` without the slash: 1 to 32 of a-z 0-9 _; `description` 1 to 256 characters. */
  readonly commands: readonly { readonly command: string; readonly description: string }[];
}

/** Never rejects. */
export async function announceCommands(api: () => Promise<Api>, lists: readonly CommandList[], log: Log): Promise<void> {
  for (const { language, commands } of lists) {
    try {
      await (
        await api()
      ).setMyCommands(commands, {
        scope: { type: 'all_private_chats' },
        ...(language === null ? {} : { language_code: language }),
      });
    } catch (error) {
      log.warn({ language, trouble: troubleOf(error) }, 'telegram: the menu of commands could not be set');
    }
  }
}
