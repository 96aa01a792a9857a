/** Evaluated in the page: text whose contrast is under 4.5, controls lower than 44 pixels, and whether the page is wider than the phone. */
(() => {
  const channels = (color) => (color.match(/[\d.]+/g) || []).map(Number);
  const light = (color) => {
    const [r, g, b] = color.map((value) =>
      value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (node) => {
    for (let at = node; at !== null; at = at.parentElement) {
      const color = channels(getComputedStyle(at).backgroundColor);
      if (color.length === 3 || color[3] !== 0) return color;
    }
    return [255, 255, 255];
  };
  const weak = [];
  const small = [];
  let seen = 0;
  for (const node of document.querySelectorAll('body *')) {
    const box = node.getBoundingClientRect();
    const hasText = [...node.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.textContent.trim() !== '');
    if (!hasText || box.width <= 1 || node.closest('noscript') !== null) continue;
    seen += 1;
    const [a, b] = [light(channels(getComputedStyle(node).color)), light(ground(node))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) weak.push(`${node.tagName}.${node.className} ${ratio.toFixed(2)} ${node.textContent}`);
  }
  for (const node of document.querySelectorAll('button, textarea, header a, aside a')) {
    const box = node.getBoundingClientRect();
    if (box.width > 1 && box.height < 44) small.push(`${node.tagName} ${node.textContent} ${box.height}`);
  }
  return { seen, weak, small, wider: document.documentElement.scrollWidth > window.innerWidth };
})();
