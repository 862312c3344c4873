// <div data-outbox-list>: every item of the outbox with its state, reason, and what can be done about it.
import { saveDraft } from "./drafts";
import { again, type Item, type State } from "./machine";
import { account, all, clock, make } from "./page";
import { base64 } from "./photos";
import { change, list, mine, remove } from "./queue";
import { flush } from "./sync";
import { terms } from "./terms";
import { bothVersions } from "./versions";

const WORDS: Record<State, [label: string, tone: string, why: string]> = {
  queued: [terms.stateQueued, "neutral", terms.whyQueued],
  sent: [terms.stateSent, "ok", terms.whySent],
  refused: [terms.stateRefused, "fire", terms.whyRefused],
  conflict: [terms.stateConflict, "warn", terms.whyConflict],
};
const sure = new Set<string>();

export function button(text: string, tone: string, pressed: () => void): HTMLButtonElement {
  const made = make("button", { type: "button", class: `button ${tone}` }, text);
  made.addEventListener("click", pressed);
  return made;
}

function removal(item: Item, redraw: () => void): HTMLButtonElement {
  return button(sure.has(item.id) ? terms.removeSure : terms.remove, "grave", () => {
    if (sure.has(item.id)) return void remove(item.id);
    sure.add(item.id);
    redraw();
  });
}

/** What was typed goes back into its form as a draft; the refused item stays until it is deleted by hand. */
function revise(item: Item): void {
  const values = Object.entries(item.body).map(([name, value]) => [name, Array.isArray(value) ? value : [value]]);
  saveDraft(item.draft, Object.fromEntries(values) as Record<string, string[]>);
  location.assign(item.page);
}

function resend(item: Item, base?: string): void {
  void change(item.id, again(item, base)).then(() => flush(true));
}

function acts(item: Item, redraw: () => void): HTMLElement {
  const row = make("div", { class: "form-end" });
  if (item.state === "queued" || item.state === "refused") row.append(button(terms.retry, "first", () => resend(item)));
  if (item.state === "refused" && item.draft) row.append(button(terms.revise, "", () => revise(item)));
  row.append(removal(item, redraw));
  return row;
}

function drawn(item: Item, redraw: () => void): HTMLElement {
  const [label, tone, why] = WORDS[item.state];
  const card = make("li", { class: "card outbox-item", "data-state": item.state });
  const header = make("header");
  header.append(make("h2", {}, item.label || terms.queueLabel), make("span", { class: `tag tag-${tone}` }, label));
  const body = make("div", { class: "body stack" });
  const photos = item.photos.length ? `　${terms.photos(item.photos.length)}` : "";
  const ref = item.ref ? `　${item.ref}` : "";
  body.append(make("p", { class: "muted small" }, `${terms.recordedAt(clock(item.createdAt))}${photos}${ref}`));
  body.append(make("p", { role: "status" }, item.reason || why));
  if (item.state === "conflict") body.append(bothVersions(item, (base) => resend(item, base)));
  body.append(acts(item, redraw));
  card.append(header, body);
  return card;
}

/** Another officer's items are counted, never shown; after a sign-out nothing is shown, and nothing is gone. */
function others(count: number): HTMLElement {
  const text = account() === "nobody" ? terms.othersSignedOut(count) : terms.others(count);
  return make("p", { class: "callout callout-info", "data-others": String(count) }, text);
}

async function draw(place: HTMLElement): Promise<void> {
  const items = await list();
  const own = items.filter(mine);
  const nothing = make("div", { class: "card nothing" });
  nothing.append(make("p", { class: "title" }, terms.emptyTitle), make("p", {}, terms.emptyHint));
  const rows = make("ul", { class: "stack" });
  rows.append(...own.map((item) => drawn(item, () => void draw(place))));
  const shown: HTMLElement[] = own.length ? [rows] : items.length ? [] : [nothing];
  const foreign = items.filter((item) => !mine(item) && !item.isConfirmed).length;
  place.replaceChildren(...(foreign ? [others(foreign)] : []), ...shown);
}

async function exportFile(): Promise<void> {
  const items = (await list()).filter(mine);
  const plain = items.map((item) => ({
    ...item,
    photos: item.photos.map((photo) => ({ ...photo, bytes: base64(photo.bytes) })),
  }));
  const url = URL.createObjectURL(new Blob([JSON.stringify(plain, null, 2)], { type: "application/json" }));
  make("a", { href: url, download: `outbox-${new Date().toISOString().slice(0, 10)}.json` }).click();
  window.setTimeout(() => URL.revokeObjectURL(url), 10000);
}

async function retryAll(): Promise<void> {
  for (const item of (await list()).filter((one) => mine(one) && one.state === "queued")) await change(item.id, again(item));
  await flush(true);
}

export function startList(): void {
  for (const place of all<HTMLElement>("[data-outbox-list]")) {
    document.addEventListener("yicun:outbox", () => void draw(place));
    void draw(place);
  }
  all("[data-outbox-retry]").forEach((one) => one.addEventListener("click", () => void retryAll()));
  all("[data-outbox-export]").forEach((one) => one.addEventListener("click", () => void exportFile()));
}
