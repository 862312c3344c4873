// What a form says: its values for the server, the same with labels for people, and what it still lacks.
import type { Body } from "./machine";
import { all } from "./page";

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

export function typed(form: HTMLFormElement): Body {
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

/** A combobox stands before the list of choices that holds the value. */
function holder(control: Control): Control {
  return control.closest(".picker")?.querySelector("select") ?? control;
}

function valueOf(control: Control): string {
  if (control instanceof HTMLSelectElement) return control.value && (control.selectedOptions[0]?.text ?? "");
  if (control.type === "checkbox" || control.type === "radio") return (control as HTMLInputElement).checked ? "✓" : "";
  return control.value.trim();
}

function words(label: Element): string {
  const copy = label.cloneNode(true) as Element;
  for (const note of all(".must, .may, .sr", copy)) note.remove();
  return copy.textContent?.trim() ?? "";
}

function labelled(form: HTMLFormElement): [HTMLLabelElement, Control][] {
  const found: [HTMLLabelElement, Control][] = [];
  for (const label of all<HTMLLabelElement>("label[for]", form)) {
    const control = document.getElementById(label.htmlFor) as Control | null;
    if (control?.matches("input:not([type=file]), select, textarea")) found.push([label, control]);
  }
  return found;
}

export function shown(form: HTMLFormElement): [string, string][] {
  return labelled(form)
    .map(([label, control]): [string, string] => [words(label), valueOf(holder(control))])
    .filter(([, value]) => value);
}

/** The first field marked as required that is on the screen and empty. */
export function lacking(form: HTMLFormElement): { label: string; control: Control } | null {
  for (const [label, control] of labelled(form))
    if (label.querySelector(".must") && label.getClientRects().length && !valueOf(holder(control)))
      return { label: words(label), control };
  return null;
}
