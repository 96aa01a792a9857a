/** Owns what every page of the simulated phones has around it: the mark that nothing is real, the languages, the style and the script. */

import type { Child, FC } from 'hono/jsx';
import { LANGUAGES, PHONE_TEXTS, type Language } from './phone-texts.ts';

export const PHONE_PATH = '/phone';

export const Layout: FC<{ language: Language; path: string; title: string; children?: Child }> = ({
  language,
  path,
  title,
  children,
}) => {
  const texts = PHONE_TEXTS[language];
  return (
    <html lang={language}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>
          {title} · {texts.simulated}
        </title>
        <link rel="icon" type="image/svg+xml" href={`${PHONE_PATH}/assets/phone.svg`} />
        <link rel="stylesheet" href={`${PHONE_PATH}/assets/phone.css`} />
        <script type="module" src={`${PHONE_PATH}/assets/phone.js`}></script>
        <noscript>
          <meta http-equiv="refresh" content="4" />
        </noscript>
      </head>
      <body>
        <div class="phone">
          <header>
            <p class="simulated">
              <strong>{texts.simulated}</strong> {texts.noMoney}
            </p>
            <p class="languages">
              {LANGUAGES.map((other) => (
                <a
                  href={withLanguage(path, other)}
                  lang={other}
                  hreflang={other}
                  aria-current={other === language ? 'true' : undefined}
                >
                  {PHONE_TEXTS[other].languageName}
                </a>
              ))}
            </p>
          </header>
          <main>
            <h1>{title}</h1>
            {children}
          </main>
          <p class="status" role="status" data-status data-lost={texts.connectionLost}></p>
        </div>
      </body>
    </html>
  );
};

export function withLanguage(path: string, language: Language): string {
  return `${path}?lang=${language}`;
}
