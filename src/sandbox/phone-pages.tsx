/**
 * Owns the HTML of the simulated phones: the list of them and one phone. They work without a script; with it, the part
 * marked `data-live` follows the server by itself.
 */

import type { FC } from 'hono/jsx';
import { formatKes, kes } from '../domain/money.ts';
import { formatMsisdn, maskMsisdn, type Msisdn } from '../domain/msisdn.ts';
import { clockInNairobi } from '../domain/nairobi.ts';
import type { ReceivedSms } from './inbox.ts';
import { Layout, PHONE_PATH, withLanguage } from './phone-layout.tsx';
import { PHONE_TEXTS, type Language } from './phone-texts.ts';
import type { EndedPrompt, Prompt } from './prompts.ts';
import { MAILBOX_PATH, SmsList } from './received-pages.tsx';

export interface PhonePageProps {
  readonly language: Language;
  readonly phone: Msisdn;
  readonly businessName: string;
  readonly open: readonly Prompt[];
  readonly ended: readonly EndedPrompt[];
  readonly sms: readonly ReceivedSms[];
  /** The last answer came too late. */
  readonly gone: boolean;
}

export interface PhonesPageProps {
  readonly language: Language;
  readonly phones: readonly { readonly phone: Msisdn; readonly waiting: number; readonly received: number }[];
  /** What was typed as a number and is none. */
  readonly badNumber: string | null;
}

export const PhonePage: FC<PhonePageProps> = ({ language, phone, businessName, open, ended, sms, gone }) => {
  const texts = PHONE_TEXTS[language];
  const [prompt, ...later] = open;
  return (
    <Layout language={language} path={`${PHONE_PATH}/${phone}`} title={texts.phoneTitle(phone)}>
      {gone ? (
        <p class="notice" role="alert">
          {texts.gone}
        </p>
      ) : null}
      <section class="screen" data-live={`${PHONE_PATH}/events`}>
        {prompt === undefined ? (
          <div class="quiet">
            <p>{texts.quiet}</p>
            <p class="hint">{texts.quietHint}</p>
          </div>
        ) : (
          <PromptForm language={language} prompt={prompt} businessName={businessName} />
        )}
        {later.length > 0 ? <p class="hint">+ {texts.waiting(later.length)}</p> : null}
        {sms.length > 0 ? <SmsList language={language} sms={sms} /> : null}
        {ended.length > 0 ? <Earlier language={language} ended={ended} /> : null}
      </section>
      <nav class="back">
        <a href={withLanguage(PHONE_PATH, language)}>{texts.allPhones}</a>
      </nav>
    </Layout>
  );
};

const PromptForm: FC<{ language: Language; prompt: Prompt; businessName: string }> = ({ language, prompt, businessName }) => {
  const texts = PHONE_TEXTS[language];
  return (
    <form
      class="prompt"
      method="post"
      action={`${PHONE_PATH}/${prompt.phone}`}
      aria-labelledby="prompt-title"
      aria-describedby="question"
    >
      <h2 id="prompt-title">
        {prompt.paymentNetwork} <span class="badge">{texts.simulated}</span>
      </h2>
      <p id="question" data-announce>
        {texts.question(prompt, businessName)}
      </p>
      {prompt.note === '' ? null : <p class="hint">{texts.note(prompt.note)}</p>}
      <input type="hidden" name="reference" value={prompt.reference} />
      <input type="hidden" name="lang" value={language} />
      <div class="answers">
        {prompt.answers.map((answer) => (
          <button type="submit" name="answer" value={answer} class={answer}>
            {texts.answers[answer]}
          </button>
        ))}
      </div>
      <p class="hint">{prompt.recipient === null ? texts.ignorePaymentHint : texts.ignoreHint}</p>
    </form>
  );
};

const Earlier: FC<{ language: Language; ended: readonly EndedPrompt[] }> = ({ language, ended }) => {
  const texts = PHONE_TEXTS[language];
  return (
    <div class="earlier">
      <h2>{texts.earlier}</h2>
      <ol>
        {ended.map(({ prompt, end, at }) => (
          <li class={end}>
            <time>{clockInNairobi(at).slice(11, 16)}</time>
            <span>
              KES {formatKes(kes(prompt.amountKes))} · {prompt.recipient === null ? prompt.note : maskMsisdn(prompt.recipient)}
            </span>
            <strong>{texts.ends[end]}</strong>
          </li>
        ))}
      </ol>
    </div>
  );
};

export const PhonesPage: FC<PhonesPageProps> = ({ language, phones, badNumber }) => {
  const texts = PHONE_TEXTS[language];
  return (
    <Layout language={language} path={PHONE_PATH} title={texts.phonesTitle}>
      <p>{texts.phonesIntro}</p>
      <section class="screen" data-live={`${PHONE_PATH}/events`}>
        {phones.length === 0 ? <p class="quiet">{texts.noPhones}</p> : null}
        <ul class="phones">
          {phones.map(({ phone, waiting, received }) => (
            <li>
              <a href={withLanguage(`${PHONE_PATH}/${phone}`, language)}>
                <span>{formatMsisdn(phone)}</span>
                {waiting > 0 ? (
                  <strong class="waiting" data-announce>
                    {texts.waiting(waiting)}
                  </strong>
                ) : null}
                {received > 0 ? <span>{texts.received(received)}</span> : null}
              </a>
            </li>
          ))}
        </ul>
      </section>
      <form class="open" method="get" action={PHONE_PATH}>
        <h2>{texts.openPhone}</h2>
        <label for="number">{texts.numberLabel}</label>
        <input
          id="number"
          name="number"
          inputmode="tel"
          autocomplete="off"
          required
          value={badNumber ?? ''}
          aria-describedby="bad-number"
        />
        <input type="hidden" name="lang" value={language} />
        <button type="submit">{texts.show}</button>
        <p id="bad-number" class="notice" role="alert">
          {badNumber === null ? '' : texts.badNumber}
        </p>
      </form>
      <nav class="back">
        <a href={withLanguage(MAILBOX_PATH, language)}>{texts.mailboxTitle}</a>
      </nav>
    </Layout>
  );
};
