// <form data-outbox="matters.record">: what the officer submits is stored on the phone first, then sent.
import { empty, forget } from "./drafts";
import { lacking, shown, typed } from "./filled";
import type { Item } from "./machine";
import { startList } from "./outlist";
import { account, all, say } from "./page";
import { Picked } from "./picked";
import { add, list, NoRoom, remove, sweep } from "./queue";
import { flush } from "./sync";
import { terms } from "./terms";
import { uuid7 } from "./uuid";

const EVERY_MS = 30 * 1000;
const ANY_ID = "00000000-0000-0000-0000-000000000000";

function made(form: HTMLFormElement, name: string, given: Partial<Item>): Item {
  const now = Date.now();
  const body = typed(form);
  const title = body[form.dataset.outboxLabel ?? ""];
  return {
    id: uuid7(now),
    account: account(),
    name,
    label: typeof title === "string" ? (title.trim().split("\n")[0] ?? "").slice(0, 40) : "",
    page: location.pathname,
    draft: form.dataset.draft ?? "",
    base: null,
    recordedAt: new Date(now).toISOString(),
    createdAt: now,
    state: "queued",
    reason: "",
    ref: "",
    sentAt: 0,
    isConfirmed: false,
    body,
    photos: [],
    shown: shown(form),
    ...given,
  };
}

/** A refused form stays on the page as typed and leaves the queue; anything else is kept and the form is free again. */
async function tell(form: HTMLFormElement, picked: Picked, id: string): Promise<void> {
  const item = (await list()).find((one) => one.id === id);
  if (item?.state === "refused") {
    await remove(id);
    say(item.reason, "fire");
    return;
  }
  empty(form);
  forget(form.dataset.draft ?? "");
  await picked.clear();
  if (item?.state === "sent" && form.dataset.outboxDone) location.assign(form.dataset.outboxDone.replace(ANY_ID, id));
  if (item?.state === "sent") say(item.ref ? terms.queueDoneRef(item.ref) : terms.queueDone, "ok");
  else say(item?.reason ? terms.queueSavedBut(item.reason) : terms.queueSaved, "info");
}

async function submit(form: HTMLFormElement, picked: Picked): Promise<void> {
  const missing = lacking(form);
  if (missing) {
    say(terms.needs(missing.label), "fire");
    missing.control.focus();
    return;
  }
  const buttons = all<HTMLButtonElement>("button[type=submit]", form);
  buttons.forEach((one) => (one.disabled = true));
  try {
    await picked.settled();
    const item = made(form, form.dataset.outbox ?? "", { photos: picked.photos });
    await add(item);
    say(terms.queueSending, "info");
    await flush();
    await tell(form, picked, item.id);
  } catch (error) {
    say(error instanceof NoRoom ? terms.queueFull : terms.queueBroken, "fire");
  } finally {
    buttons.forEach((one) => (one.disabled = false));
    document.getElementById("said")?.scrollIntoView({ block: "center" });
  }
}

function catchForms(): void {
  for (const form of all<HTMLFormElement>("form[data-outbox]")) {
    const picked = new Picked(form);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void submit(form, picked);
    });
  }
}

/** A step that found no signal waits here, on the version its author saw; a step with files or a second step does not. */
async function keepStep(form: HTMLFormElement): Promise<void> {
  const [action, matter] = (form.dataset.outboxStep ?? "").split(":");
  const { version, ...body } = typed(form);
  const files = all<HTMLInputElement>("input[type=file]", form).some((one) => one.files?.length);
  if (!action || !matter || files || "is_closed_too" in body) return;
  const name = form.querySelector("button[type=submit]")?.textContent?.trim() ?? "";
  const label = `${name} ${document.querySelector("h1")?.textContent?.trim() ?? ""}`.slice(0, 40);
  try {
    await add(made(form, `matters.${action}`, { base: String(version ?? ""), label, body: { ...body, id: matter } }));
    empty(form);
    forget(form.dataset.draft ?? "");
    say(terms.queueStep(name), "info");
  } catch (error) {
    say(error instanceof NoRoom ? terms.queueFull : terms.queueBroken, "fire");
  }
}

if ("indexedDB" in window) {
  void sweep().then(() => flush());
  catchForms();
  startList();
  window.addEventListener("online", () => void flush(true));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void flush(true);
  });
  window.setInterval(() => void flush(), EVERY_MS);
  document.addEventListener("htmx:sendError", (event) => {
    const { elt } = (event as CustomEvent<{ elt: Element }>).detail;
    const form = elt.closest<HTMLFormElement>("form[data-outbox-step]");
    if (form) void keepStep(form);
  });
  void navigator.storage?.persist?.();
} else {
  say(terms.queueOff, "warn");
}
