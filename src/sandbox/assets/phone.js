/**
 * Follows the server: whenever a prompt comes or goes, the part marked `data-live` is fetched again and put in place of the
 * old one, and what is new is said to screen readers. Without this script the page refreshes itself.
 */

const status = document.querySelector('[data-status]');
const live = () => document.querySelector('[data-live]');

function announcement(section) {
  return [...section.querySelectorAll('[data-announce]')].map((element) => element.textContent.trim()).join(' ');
}

/** This page without what was said about the last form. */
const address = new URL(location.href);
address.searchParams.delete('number');
address.searchParams.delete('gone');

let refreshing = false;
let again = false;

async function refresh() {
  if (refreshing) {
    again = true;
    return;
  }
  refreshing = true;
  try {
    const response = await fetch(address, { headers: { Accept: 'text/html' } });
    if (!response.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    const fresh = page.querySelector('[data-live]');
    const old = live();
    if (fresh === null || old === null || fresh.innerHTML === old.innerHTML) return;
    const held = old.contains(document.activeElement) ? document.activeElement : null;
    const before = announcement(old);
    old.replaceWith(fresh);
    if (announcement(fresh) !== before) status.textContent = announcement(fresh);
    if (held !== null) keepFocus(held, fresh);
  } catch {
    status.textContent = status.dataset.lost;
  } finally {
    refreshing = false;
    if (again) {
      again = false;
      void refresh();
    }
  }
}

/** The focus stays on the same link; it never moves to the button of another prompt, which a key press would then answer. */
function keepFocus(held, fresh) {
  const same = held.matches('a') ? fresh.querySelector(`a[href="${CSS.escape(held.getAttribute('href'))}"]`) : null;
  const target = same ?? document.querySelector('h1');
  if (target !== same) target.tabIndex = -1;
  target.focus();
}

const events = new EventSource(live().dataset.live);
events.addEventListener('message', () => void refresh());
events.addEventListener('open', () => {
  if (status.textContent === status.dataset.lost) status.textContent = '';
});
events.addEventListener('error', () => {
  status.textContent = status.dataset.lost;
});
addEventListener('pagehide', () => events.close());
addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload();
});
