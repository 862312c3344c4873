// <form data-draft="key">: every change is kept on this device until the server has the form, or for three days.
import { account, all, clock, make, say } from "./page";
import { terms } from "./terms";

interface Draft {
  at: number;
  values: Record<string, string[]>;
}

const KEPT_MS = 3 * 24 * 3600 * 1000;
const PREFIX = "yicun.draft:";
const SKIPPED = new Set(["password", "file", "submit", "button", "reset"]);
// The numbers of a page that belong to one showing of it; the position, hidden too, is kept.
const OF_THIS_PAGE = new Set(["csrfmiddlewaretoken", "id", "version"]);
type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

function controls(form: HTMLFormElement): Control[] {
  return all<Control>("input, select, textarea", form).filter(
    (one) => one.name && !SKIPPED.has(one.type) && !OF_THIS_PAGE.has(one.name),
  );
}

function isTicked(control: Control): control is HTMLInputElement {
  return control instanceof HTMLInputElement && (control.type === "checkbox" || control.type === "radio");
}

function values(form: HTMLFormElement): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const control of controls(form)) {
    const list = (found[control.name] ??= []);
    if (control instanceof HTMLSelectElement) list.push(...Array.from(control.selectedOptions, (one) => one.value));
    else if (!isTicked(control) || control.checked) list.push(control.value);
  }
  return found;
}

function fill(form: HTMLFormElement, saved: Record<string, string[]>): void {
  const used: Record<string, number> = {};
  for (const control of controls(form)) {
    const list = saved[control.name];
    if (!list) continue;
    if (isTicked(control)) control.checked = list.includes(control.value);
    else if (control instanceof HTMLSelectElement)
      for (const option of Array.from(control.options)) option.selected = list.includes(option.value);
    else control.value = list[(used[control.name] = (used[control.name] ?? -1) + 1)] ?? "";
    control.dispatchEvent(new CustomEvent("yicun:filled"));
  }
}

function storageKey(key: string): string {
  return `${PREFIX}${account()}:${key}`;
}

function read(key: string): Draft | null {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null") as Draft | null;
  } catch {
    return null;
  }
}

/** An empty form again: `reset` leaves hidden fields as they are. */
export function empty(form: HTMLFormElement): void {
  form.reset();
  for (const control of controls(form)) {
    if (control.type === "hidden") control.value = "";
    control.dispatchEvent(new CustomEvent("yicun:filled"));
  }
}

export function forget(key: string): void {
  localStorage.removeItem(storageKey(key));
}

/** Puts values where the form with this key will find them when it is opened next. */
export function saveDraft(key: string, saved: Record<string, string[]>): void {
  const now: Draft = { at: Date.now(), values: saved };
  try {
    localStorage.setItem(storageKey(key), JSON.stringify(now));
  } catch {
    say(terms.draftFull, "warn");
  }
}

function offer(form: HTMLFormElement, key: string, draft: Draft, blank: Record<string, string[]>): void {
  fill(form, draft.values);
  const note = make("p", { class: "draft-note", role: "status" });
  const clear = make("button", { type: "button", class: "quiet" }, terms.draftClear);
  clear.addEventListener("click", () => {
    forget(key);
    fill(form, blank);
    note.remove();
  });
  note.append(make("span", {}, terms.draftRestored(clock(draft.at))), clear);
  form.prepend(note);
}

function keep(form: HTMLFormElement): void {
  const key = form.dataset.draft;
  if (!key || form.dataset.draftKept) return;
  form.dataset.draftKept = "yes";
  const blank = values(form);
  const draft = read(storageKey(key));
  if (draft && !form.querySelector(".field-wrong") && JSON.stringify(draft.values) !== JSON.stringify(blank))
    offer(form, key, draft, blank);
  const save = () => saveDraft(key, values(form));
  form.addEventListener("input", save);
  form.addEventListener("change", save);
}

function sweep(): void {
  for (const key of Object.keys(localStorage).filter((one) => one.startsWith(PREFIX))) {
    const draft = read(key);
    if (!draft || Date.now() - draft.at > KEPT_MS) localStorage.removeItem(key);
  }
}

/** Start keeping the drafts below `root`; forms the server reports as stored are forgotten first. */
export function keepDrafts(root: ParentNode): void {
  sweep();
  for (const done of all<HTMLElement>("[data-draft-done]", root)) forget(done.dataset.draftDone ?? "");
  all<HTMLFormElement>("form[data-draft]", root).forEach(keep);
}
