// <div data-outbox-list>: every item of the outbox with its state, reason, and what can be done about it.
import { saveDraft } from "./drafts";
import { all, clock, make } from "./page";
import { base64 } from "./photos";
import { change, type Item, list, mine, remove, type State } from "./queue";
import { flush } from "./sync";
import { terms } from "./terms";

const WORDS: Record<State, [label: string, tone: string, why: string]> = {
  queued: [terms.stateQueued, "neutral", terms.whyQueued],
  sent: [terms.stateSent, "ok", terms.whySent],
  refused: [terms.stateRefused, "fire", terms.whyRefused],
  conflict: [terms.stateConflict, "warn", terms.whyConflict],
};

function button(text: string, tone: string, pressed: (it: HTMLButtonElement) => void): HTMLButtonElement {
  const made = make("button", { type: "button", class: `button ${tone}` }, text);
  made.addEventListener("click", () => pressed(made));
  return made;
}

function removal(item: Item): HTMLButtonElement {
  let isSure = false;
  return button(terms.remove, "grave", (it) => {
    if (isSure) void remove(item.id);
    isSure = true;
    it.textContent = terms.removeSure;
  });
}

/** What was typed goes back into its form as a draft; the refused item stays until it is deleted by hand. */
function revise(item: Item): void {
  const values = Object.entries(item.body).map(([name, value]) => [name, Array.isArray(value) ? value : [value]]);
  saveDraft(item.draft, Object.fromEntries(values) as Record<string, string[]>);
  location.assign(item.page);
}

function acts(item: Item): HTMLElement {
  const row = make("div", { class: "form-end" });
  const retry = () => void change(item.id, { state: "queued", reason: "" }).then(flush);
  if (item.state === "queued" || item.state === "refused") row.append(button(terms.retry, "first", retry));
  if (item.state === "refused" && item.draft) row.append(button(terms.revise, "", () => revise(item)));
  row.append(removal(item));
  return row;
}

function drawn(item: Item): HTMLElement {
  const [label, tone, why] = WORDS[item.state];
  const card = make("li", { class: "card outbox-item", "data-state": item.state });
  const header = make("header");
  header.append(make("h2", {}, item.label || terms.queueLabel), make("span", { class: `tag tag-${tone}` }, label));
  const body = make("div", { class: "body stack" });
  const photos = item.photos.length ? `　${terms.photos(item.photos.length)}` : "";
  const ref = item.ref ? `　${item.ref}` : "";
  body.append(make("p", { class: "muted small" }, `${terms.recordedAt(clock(item.createdAt))}${photos}${ref}`));
  body.append(make("p", {}, mine(item) ? item.reason || why : terms.whyOther));
  if (mine(item)) body.append(acts(item));
  card.append(header, body);
  return card;
}

async function draw(place: HTMLElement): Promise<void> {
  const items = await list();
  const empty = make("div", { class: "card nothing" });
  empty.append(make("p", { class: "title" }, terms.emptyTitle), make("p", {}, terms.emptyHint));
  const rows = make("ul", { class: "stack" });
  rows.append(...items.map(drawn));
  place.replaceChildren(items.length ? rows : empty);
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

export function startList(): void {
  for (const place of all<HTMLElement>("[data-outbox-list]")) {
    document.addEventListener("yicun:outbox", () => void draw(place));
    void draw(place);
  }
  all("[data-outbox-retry]").forEach((one) => one.addEventListener("click", () => void flush()));
  all("[data-outbox-export]").forEach((one) => one.addEventListener("click", () => void exportFile()));
}
