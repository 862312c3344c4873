// Registers the service worker and tells it which pages and files must open without a signal.
import { all } from "./page";

/** A sign-out takes along the pages drawn for its officer; the outbox stays, it belongs to the account. */
function forgetAtSignOut(): void {
  for (const form of all<HTMLFormElement>("form[data-sign-out]"))
    form.addEventListener("submit", () => navigator.serviceWorker.controller?.postMessage({ forget: true }));
}

export function keepPages(worker: string): void {
  if (!worker || !("serviceWorker" in navigator)) return;
  forgetAtSignOut();
  navigator.serviceWorker
    .register(worker)
    .then(() => navigator.serviceWorker.ready)
    .then((registration) => {
      const pages = (document.documentElement.dataset.keep ?? "").split(" ").filter(Boolean);
      const files = [
        ...all<HTMLLinkElement>("link[rel=stylesheet]").map((one) => one.href),
        ...all<HTMLScriptElement>("script[src]").flatMap((one) => [one.src, one.dataset.outbox ?? ""]),
        ...all<SVGUseElement>("use").map((one) => (one.getAttribute("href") ?? "").split("#")[0] ?? ""),
      ].filter(Boolean);
      const account = document.documentElement.dataset.account ?? "";
      registration.active?.postMessage({ keep: { account, pages, files: Array.from(new Set(files)) } });
    })
    .catch(() => document.documentElement.setAttribute("data-worker-failed", "yes"));
}
