// <form data-outbox="matters.record">: what the officer submits is stored on the phone first, then sent.
import { forget } from "./drafts";
import { startList } from "./outlist";
import { account, all, say } from "./page";
import { BrokenPhoto, type Photo, shrink } from "./photos";
import { add, type Body, type Item, list, remove, sweep } from "./queue";
import { flush } from "./sync";
import { terms } from "./terms";
import { uuid7 } from "./uuid";

const EVERY_MS = 30 * 1000;

function typed(form: HTMLFormElement): Body {
  const body: Body = {};
  const many = new Set(all<HTMLInputElement>("input[type=checkbox], select[multiple]", form).map((one) => one.name));
  for (const [name, value] of Array.from(new FormData(form))) {
    if (typeof value !== "string" || name === "csrfmiddlewaretoken") continue;
    const before = body[name];
    if (Array.isArray(before)) before.push(value);
    else if (many.has(name)) body[name] = [value];
    else body[name] = value;
  }
  return body;
}

async function pictures(form: HTMLFormElement): Promise<Photo[]> {
  const found: Photo[] = [];
  for (const input of all<HTMLInputElement>("input[type=file]", form))
    for (const file of Array.from(input.files ?? [])) found.push(await shrink(file));
  return found;
}

async function made(form: HTMLFormElement): Promise<Item> {
  const body = typed(form);
  const title = form.dataset.outboxLabel ? body[form.dataset.outboxLabel] : "";
  const now = Date.now();
  return {
    id: uuid7(now),
    account: account(),
    name: form.dataset.outbox ?? "",
    label: typeof title === "string" ? title.slice(0, 40) : "",
    page: location.pathname,
    draft: form.dataset.draft ?? "",
    base: form.dataset.base || null,
    recordedAt: new Date(now).toISOString(),
    createdAt: now,
    state: "queued",
    reason: "",
    ref: "",
    sentAt: 0,
    isConfirmed: false,
    body,
    photos: await pictures(form),
  };
}

/** A refused form stays on the page as typed and leaves the queue; anything else is kept and the form is free again. */
async function tell(form: HTMLFormElement, id: string): Promise<void> {
  const item = (await list()).find((one) => one.id === id);
  if (item?.state === "refused") {
    await remove(id);
    say(item.reason, "fire");
    return;
  }
  form.reset();
  forget(form.dataset.draft ?? "");
  if (item?.state === "sent") say(item.ref ? terms.queueDoneRef(item.ref) : terms.queueDone, "ok");
  else say(item?.reason ? terms.queueSavedBut(item.reason) : terms.queueSaved, "info");
}

async function submit(form: HTMLFormElement): Promise<void> {
  const buttons = all<HTMLButtonElement>("button[type=submit]", form);
  buttons.forEach((one) => (one.disabled = true));
  try {
    const item = await made(form);
    await add(item);
    say(terms.queueSending, "info");
    await flush();
    await tell(form, item.id);
  } catch (error) {
    say(error instanceof BrokenPhoto ? terms.photoBroken(error.message) : terms.queueFull, "fire");
  } finally {
    buttons.forEach((one) => (one.disabled = false));
    document.getElementById("said")?.scrollIntoView({ block: "center" });
  }
}

function catchForms(): void {
  for (const form of all<HTMLFormElement>("form[data-outbox]"))
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void submit(form);
    });
}

if ("indexedDB" in window) {
  void sweep().then(flush);
  catchForms();
  startList();
  window.addEventListener("online", () => void flush());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void flush();
  });
  window.setInterval(() => void flush(), EVERY_MS);
  void navigator.storage?.persist?.();
} else {
  say(terms.queueOff, "warn");
}
