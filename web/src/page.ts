// Small readers of the page that every script shares.
export function all<T extends Element>(selector: string, root: ParentNode = document): T[] {
  return Array.from(root.querySelectorAll<T>(selector));
}

export function make<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Record<string, string> = {},
  text = "",
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text) element.textContent = text;
  return element;
}

/** The account this page was drawn for; drafts and the outbox are kept apart by it. */
export function account(): string {
  return document.documentElement.dataset.account || "nobody";
}

export function csrfToken(): string {
  const found = /(?:^|;\s*)(?:__Host-|__Secure-)?csrftoken=([^;]+)/.exec(document.cookie);
  return found?.[1] ?? "";
}

export function clock(at: number): string {
  const date = new Date(at);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${date.getMonth() + 1}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

const ICONS = { info: "info-circle", ok: "circle-check", warn: "alert-triangle", fire: "ban" };
const SVG = "http://www.w3.org/2000/svg";

/** An icon of the sprite that the page itself already uses. */
function icon(name: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  const sprite = document.querySelector("use")?.getAttribute("href")?.split("#")[0] ?? "";
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}

/** Says something in the live region under the heading. */
export function say(text: string, tone: keyof typeof ICONS = "info"): void {
  const region = document.getElementById("said");
  if (!region) return;
  const box = make("div", { class: `callout callout-${tone}` });
  box.append(icon(ICONS[tone]), make("p", {}, text));
  region.replaceChildren(box);
}
