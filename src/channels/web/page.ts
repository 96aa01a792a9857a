/**
 * Owns the page's HTML: a frame for one conversation that reads well without styles, by keyboard and aloud. Nothing in it
 * depends on who the visitor is. What moves lives in assets/.
 */

import { PAGE_LANGUAGES, type PageLanguage, type PageText } from './page-text.ts';

export interface PageSettings {
  readonly language: PageLanguage;
  readonly text: PageText;
  readonly businessName: string;
  readonly simulated: boolean;
  readonly sellsSms: boolean;
  readonly urlOf: (name: string) => string;
}

const LANGUAGE_NAMES: Record<PageLanguage, string> = { en: 'English', sw: 'Kiswahili' };

export function renderPage({ language, text, businessName, simulated, sellsSms, urlOf }: PageSettings): string {
  const say = (key: string): string => escapeHtml(text[key] ?? key);
  const other = PAGE_LANGUAGES.find((candidate) => candidate !== language) ?? 'en';
  const banner = `
    <aside class="banner" aria-label="${say('simulated_label')}">
      <p><strong>${say('simulated_mark')}</strong> ${say('simulated_text')}</p>
      <a href="/phone" target="_blank" rel="noopener">${say('simulated_phone')}</a>
    </aside>`;
  const sms = `
            <button type="button">${say('suggest_sms')}</button>
            <button type="button">${say('suggest_balance')}</button>`;
  return `<!doctype html>
<html lang="${language}">
  <head>
    <meta charset="utf-8">
    <title>${escapeHtml(businessName)}</title>
    <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content">
    <meta name="description" content="${say(sellsSms ? 'description_both' : 'description')}">
    <meta name="color-scheme" content="light dark">
    <meta name="theme-color" content="#0b6b3a" media="(prefers-color-scheme: light)">
    <meta name="theme-color" content="#10231a" media="(prefers-color-scheme: dark)">
    <link rel="icon" type="image/svg+xml" href="${urlOf('icon.svg')}">
    <link rel="stylesheet" href="${urlOf('chat.css')}">
    <link rel="stylesheet" href="${urlOf('talk.css')}">
    <link rel="modulepreload" href="${urlOf('view.js')}">
    <link rel="modulepreload" href="${urlOf('outbox.js')}">
    <link rel="modulepreload" href="${urlOf('connection.js')}">
    <script type="module" src="${urlOf('chat.js')}"></script>
    <script type="application/json" id="words">${JSON.stringify(text).replaceAll('<', String.raw`\u003c`)}</script>
  </head>
  <body>
    <a class="skip" href="#message">${say('skip_to_message')}</a>
    <header>
      <img src="${urlOf('icon.svg')}" alt="" width="36" height="36">
      <div class="title">
        <h1>${escapeHtml(businessName)}</h1>
        <p class="state" id="state" data-state="connecting">${say('connecting')}</p>
      </div>
      <a class="language" href="/?lang=${other}" lang="${other}" hreflang="${other}">${LANGUAGE_NAMES[other]}</a>
    </header>${simulated ? banner : ''}
    <main>
      <div id="scroller" role="region" aria-label="${say('conversation')}" tabindex="0">
        <div id="lines" role="log" aria-live="off" aria-label="${say('messages')}"></div>
        <div id="pending"></div>
        <section id="welcome" hidden>
          <h2>${say('welcome_title')}</h2>
          <p>${say('welcome_text')}</p>
          <div class="choices" id="suggestions">
            <button type="button">${say('suggest_airtime')}</button>${sellsSms ? sms : ''}
            <button type="button">${say('suggest_orders')}</button>
            <button type="button">${say('suggest_help')}</button>
          </div>
        </section>
        <div id="typing" title="${say('typing')}" aria-hidden="true" hidden><i></i><i></i><i></i></div>
      </div>
      <button type="button" id="newest" hidden>${say('new_messages')}</button>
    </main>
    <footer>
      <p id="notice" role="status"></p>
      <noscript><p class="needs-script">${say('needs_script')}</p></noscript>
      <form id="composer" autocomplete="off">
        <label class="spoken" for="message">${say('message_label')}</label>
        <textarea id="message" rows="1" placeholder="${say('message_label')}" enterkeyhint="send" autocapitalize="sentences"></textarea>
        <button type="submit" id="send"><span class="spoken">${say('send')}</span><svg viewBox="0 0 24 24" aria-hidden="true"><path d="M4 20 21 12 4 4v6.5l10 1.5-10 1.5z"/></svg></button>
      </form>
    </footer>
  </body>
</html>
`;
}

/** The one place where text becomes HTML on the server; the page itself only ever sets `textContent`. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
