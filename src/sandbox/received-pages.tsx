/** Owns the HTML of what arrived outside of chats: the SMS on one simulated phone, and the mailbox. */

import type { FC } from 'hono/jsx';
import { clockInNairobi } from '../domain/nairobi.ts';
import type { ReceivedMail, ReceivedSms } from './inbox.ts';
import { Layout, PHONE_PATH, withLanguage } from './phone-layout.tsx';
import { PHONE_TEXTS, type Language } from './phone-texts.ts';

export const MAILBOX_PATH = `${PHONE_PATH}/mailbox`;

/** Newest first; the newest is said to screen readers when it comes. */
export const SmsList: FC<{ language: Language; sms: readonly ReceivedSms[] }> = ({ language, sms }) => {
  const texts = PHONE_TEXTS[language];
  return (
    <div class="received">
      <h2>
        {texts.messages} <span class="badge">{texts.simulated}</span>
      </h2>
      <ol>
        {sms.map(({ sender, text, at }, index) => (
          <li>
            <p class="from">
              <strong>{sender}</strong> <time>{clockInNairobi(at).slice(0, 16)}</time>
            </p>
            <p class="words" {...(index === 0 ? { 'data-announce': true } : {})}>
              {text}
            </p>
          </li>
        ))}
      </ol>
    </div>
  );
};

export const MailboxPage: FC<{ language: Language; mails: readonly ReceivedMail[] }> = ({ language, mails }) => {
  const texts = PHONE_TEXTS[language];
  return (
    <Layout language={language} path={MAILBOX_PATH} title={texts.mailboxTitle}>
      <p>{texts.mailboxIntro}</p>
      <section class="screen received" data-live={`${PHONE_PATH}/events`}>
        {mails.length === 0 ? <p class="quiet">{texts.noMails}</p> : null}
        <ol>
          {mails.map(({ to, subject, text, at }, index) => (
            <li>
              <h2 {...(index === 0 ? { 'data-announce': true } : {})}>{subject}</h2>
              <p class="from">
                {texts.mailTo} {to} · <time>{clockInNairobi(at).slice(0, 16)}</time> <span class="badge">{texts.simulated}</span>
              </p>
              <p class="words">{text}</p>
            </li>
          ))}
        </ol>
      </section>
      <nav class="back">
        <a href={withLanguage(PHONE_PATH, language)}>{texts.allPhones}</a>
      </nav>
    </Layout>
  );
};
