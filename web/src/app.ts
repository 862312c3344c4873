// What every page loads: htmx without eval, drafts, pickers, and the outbox when there is something for it to do.
import htmx from "htmx.org";
import { keepDrafts } from "./drafts";
import { startFields } from "./fields";
import { keepPages } from "./keep";
import { all, csrfToken, say } from "./page";
import { startPickers } from "./picker";
import { terms } from "./terms";

const script = document.currentScript as HTMLScriptElement | null;
const WAITING = "yicun.waiting";

document.documentElement.classList.add("js");
htmx.config.allowEval = false;
htmx.config.allowScriptTags = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.historyCacheSize = 0;
htmx.config.refreshOnHistoryMiss = true;
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  { code: "[45]..", swap: true, error: true, target: "#refusal", swapOverride: "innerHTML" },
];

function start(root: ParentNode): void {
  unfold(root);
  startPickers(root);
  startFields(root);
  keepDrafts(root);
}

/** Without scripts the further filters stay folded; on a desk there is room to show them. */
function unfold(root: ParentNode): void {
  if (!window.matchMedia("(min-width: 900px)").matches) return;
  for (const one of all<HTMLDetailsElement>("details[data-open-on-desk]", root)) one.open = true;
}

function loadOutbox(): void {
  const source = script?.dataset.outbox;
  const isWaiting = Number(localStorage.getItem(WAITING) ?? "0") > 0;
  if (!source || !(isWaiting || document.querySelector("form[data-outbox], form[data-outbox-step], [data-outbox-list]"))) return;
  const outbox = document.createElement("script");
  outbox.src = source;
  document.head.append(outbox);
}

function closeMenus(event: Event): void {
  for (const menu of all<HTMLDetailsElement>("details.menu[open]")) {
    const isOutside = event.type === "click" && !menu.contains(event.target as Node);
    if (isOutside || (event as KeyboardEvent).key === "Escape") menu.open = false;
  }
}

document.addEventListener("htmx:configRequest", (event) => {
  const { detail } = event as CustomEvent<{ headers: Record<string, string>; verb: string }>;
  if (detail.verb !== "get") detail.headers["X-CSRFToken"] = csrfToken();
});
document.addEventListener("htmx:load", (event) => start((event as CustomEvent<{ elt: HTMLElement }>).detail.elt));
document.addEventListener("htmx:sendError", () => say(terms.networkDown, "warn"));
document.addEventListener("htmx:timeout", () => say(terms.serverDown, "warn"));
document.addEventListener("htmx:afterSwap", (event) => {
  const { target } = (event as CustomEvent<{ target: HTMLElement }>).detail;
  if (target.id === "refusal") target.scrollIntoView({ block: "center" });
});
document.addEventListener("click", closeMenus);
document.addEventListener("keydown", closeMenus);
document.addEventListener("click", (event) => {
  if ((event.target as Element).closest("[data-print]")) window.print();
});

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => start(document));
else start(document);
loadOutbox();
keepPages(script?.dataset.worker ?? "");
