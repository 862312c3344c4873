// An item that somebody else overtook: what was written here beside what is there now. Nothing is overwritten unseen.
import type { Item } from "./machine";
import { clock, make } from "./page";
import { terms } from "./terms";

interface Matter {
  matter: { title: string; number: string; version: number };
  entries: { at: string; actor_label: string; text: string }[];
}

const NEWEST = 3;

function version(heading: string, lines: string[]): HTMLElement {
  const box = make("section", { class: "instruction" });
  box.append(make("div", { class: "label" }, heading), ...lines.map((line) => make("p", {}, line)));
  return box;
}

function ours(item: Item): HTMLElement {
  const lines = (item.shown ?? []).map(([label, value]) => terms.said(label, value));
  return version(terms.versionMine, [...lines, terms.recordedAt(clock(item.createdAt))]);
}

function theirs(now: Matter): HTMLElement {
  const { title, number, version: stamp } = now.matter;
  const said = now.entries.slice(0, NEWEST).map((one) => terms.said(`${clock(Date.parse(one.at))} ${one.actor_label}`, one.text));
  return version(terms.versionNow, [terms.versionNamed(number, title, stamp), ...said]);
}

async function read(id: string): Promise<Matter | null> {
  const answer = await fetch(`/api/v1/matters/${id}`, { credentials: "same-origin" });
  return answer.ok ? ((await answer.json()) as Matter) : null;
}

export function bothVersions(item: Item, resend: (base: string) => void): HTMLElement {
  const id = String(item.body["id"] ?? "");
  const box = make("div", { class: "stack", "data-versions": "" });
  const waiting = version(terms.versionNow, [terms.versionUnread]);
  box.append(ours(item), waiting);
  read(id)
    .catch(() => null)
    .then((now) => {
      if (!now) return;
      waiting.replaceWith(theirs(now));
      const use = make("button", { type: "button", class: "button first" }, terms.versionUse);
      use.addEventListener("click", () => resend(String(now.matter.version)));
      const open = make("a", { class: "button", href: `/matters/${id}/` }, terms.versionOpen);
      const row = make("div", { class: "form-end" });
      row.append(use, open);
      box.append(row);
    });
  return box;
}
