// <select data-picker data-src="URL">: a combobox that finds a place by Chinese part, pinyin initials or code.
// Without a signal it searches the options of the page itself (data-keys on an option adds pinyin initials).
import { all, make } from "./page";
import { terms } from "./terms";

interface Place {
  code: string;
  name: string;
  path: string;
}

const SHOWN = 20;
const LEAST = 2;

function fromOptions(select: HTMLSelectElement, text: string): Place[] {
  const wanted = text.toLowerCase();
  return Array.from(select.options)
    .filter((one) => one.value)
    .filter((one) => `${one.text} ${one.value} ${one.dataset.keys ?? ""}`.toLowerCase().includes(wanted))
    .map((one) => ({ code: one.value, name: one.text, path: one.dataset.path ?? "" }));
}

class Picker {
  private readonly input: HTMLInputElement;
  private readonly list: HTMLUListElement;
  private readonly note: HTMLParagraphElement;
  private places: Place[] = [];
  private at = -1;
  private asked = 0;
  private timer = 0;

  constructor(private readonly select: HTMLSelectElement) {
    const id = select.id || select.name;
    this.input = make("input", { type: "text", role: "combobox", autocomplete: "off", "aria-autocomplete": "list" });
    this.list = make("ul", { role: "listbox", id: `${id}_list`, hidden: "" });
    this.note = make("p", { class: "picker-note", role: "status", id: `${id}_note` }, terms.pickerHint);
    this.dress(id);
    this.listen();
    this.mirror();
  }

  /** The new input takes over the label, the requirement and the descriptions of the select. */
  private dress(id: string): void {
    const { select, input, list } = this;
    const said = select.getAttribute("aria-describedby");
    input.id = `${id}_text`;
    input.setAttribute("aria-controls", list.id);
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-describedby", `${said ? `${said} ` : ""}${this.note.id}`);
    if (select.getAttribute("aria-invalid")) input.setAttribute("aria-invalid", "true");
    input.required = select.required;
    select.required = false;
    const labels = all<HTMLLabelElement>(`label[for="${select.id}"]`);
    labels.forEach((label) => (label.htmlFor = input.id));
    list.setAttribute("aria-label", labels[0]?.textContent?.trim() || terms.pickerHint);
    const box = make("div", { class: "picker" });
    select.before(box);
    box.append(input, list);
    box.after(this.note);
    box.append(select);
    select.hidden = true;
  }

  private listen(): void {
    const { input, list, select } = this;
    input.addEventListener("input", () => {
      select.value = "";
      window.clearTimeout(this.timer);
      this.timer = window.setTimeout(() => void this.search(), 150);
    });
    input.addEventListener("focus", () => this.offerNear());
    input.addEventListener("keydown", (event) => this.press(event));
    input.addEventListener("blur", () => window.setTimeout(() => this.close(), 150));
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = (event.target as Element).closest<HTMLElement>("[role=option]");
      if (option) this.choose(Number(option.dataset.at));
    });
    select.addEventListener("yicun:filled", () => this.mirror());
    select.form?.addEventListener("reset", () => window.setTimeout(() => this.mirror()));
    select.form?.addEventListener("submit", () => this.settle(), { capture: true });
  }

  private mirror(): void {
    const chosen = this.select.selectedOptions[0];
    this.input.value = chosen?.value ? chosen.text : "";
  }

  /** One's own villages are one tap away; whatever stands in the field is replaced by typing. */
  private offerNear(): void {
    const near = (this.select.dataset.near ?? "").split(" ").filter(Boolean);
    if (!near.length) return;
    this.input.select();
    this.places = near.flatMap((code) => {
      const option = Array.from(this.select.options).find((one) => one.value === code);
      return option ? [{ code, name: option.text, path: "" }] : [];
    });
    this.draw();
  }

  private async search(): Promise<void> {
    const text = this.input.value.trim();
    const turn = ++this.asked;
    if (text.length < LEAST && !/[^\x00-\x7f]/.test(text)) return this.close();
    const [places, isOffline] = await this.ask(text);
    if (turn !== this.asked) return;
    this.places = places.slice(0, SHOWN);
    this.draw();
    const found = places.length ? terms.pickerFound(places.length) : terms.pickerNone;
    this.note.textContent = isOffline ? terms.pickerOffline : found;
  }

  private async ask(text: string): Promise<[Place[], boolean]> {
    const source = this.select.dataset.src;
    if (!source) return [fromOptions(this.select, text), false];
    try {
      const url = new URL(source, location.href);
      url.searchParams.set("q", text);
      const answer = await fetch(url, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      return [(await answer.json()) as Place[], false];
    } catch {
      return [fromOptions(this.select, text), true];
    }
  }

  private draw(): void {
    this.at = -1;
    this.list.replaceChildren(
      ...this.places.map((place, at) => {
        const option = make("li", { role: "option", id: `${this.list.id}_${at}`, "aria-selected": "false" });
        option.dataset.at = String(at);
        option.append(make("span", {}, place.name), make("span", { class: "path" }, place.path));
        return option;
      }),
    );
    const isOpen = this.places.length > 0;
    this.list.hidden = !isOpen;
    this.input.setAttribute("aria-expanded", String(isOpen));
    this.input.removeAttribute("aria-activedescendant");
  }

  private press(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (event.key === "Escape") this.close();
    else if (event.key === "Enter" && !this.list.hidden) {
      event.preventDefault();
      this.choose(Math.max(this.at, 0));
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      this.move(event.key === "ArrowDown" ? 1 : -1);
    }
  }

  private move(by: number): void {
    const options = all<HTMLElement>("[role=option]", this.list);
    if (!options.length) return;
    options[this.at]?.setAttribute("aria-selected", "false");
    this.at = (this.at + by + options.length) % options.length;
    const option = options[this.at];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) this.input.setAttribute("aria-activedescendant", option.id);
  }

  private choose(at: number): void {
    const place = this.places[at];
    if (!place) return;
    const { select } = this;
    if (!Array.from(select.options).some((one) => one.value === place.code))
      select.append(make("option", { value: place.code }, place.name));
    select.value = place.code;
    this.input.value = place.name;
    this.close();
    select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /** A name typed in full counts as chosen; a half-typed one is never guessed. */
  private settle(): void {
    const text = this.input.value.trim();
    if (this.select.value || !text) return;
    const same = [...this.places, ...fromOptions(this.select, text)].filter((one) => one.name === text || one.code === text);
    if (new Set(same.map((one) => one.code)).size !== 1) return;
    this.places = same;
    this.choose(0);
  }

  private close(): void {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}

export function startPickers(root: ParentNode): void {
  for (const select of all<HTMLSelectElement>("select[data-picker]", root)) {
    if (select.dataset.picker === "on") continue;
    select.dataset.picker = "on";
    new Picker(select);
  }
}
