// Photos picked for a form are kept as soon as they are picked: a phone that runs short of memory ends the page.
import Dexie, { type Table } from "dexie";
import type { Photo } from "./machine";
import { account, all, make, say } from "./page";
import { BrokenPhoto, taken } from "./photos";
import { isWhole, NoRoom, written } from "./queue";
import { terms } from "./terms";

interface Kept {
  key: string;
  at: number;
  photos: Photo[];
}

class Store extends Dexie {
  picked!: Table<Kept, string>;

  constructor() {
    super("yicun-picked", { chromeTransactionDurability: "strict" });
    this.version(1).stores({ picked: "key" });
  }
}

const store = new Store();
const KEPT_MS = 3 * 24 * 3600 * 1000;
const MOST = 9;

export class Picked {
  private readonly key: string;
  private readonly place = make("ul", { class: "photos picked" });
  private urls: string[] = [];
  private work: Promise<void> = Promise.resolve();
  photos: Photo[] = [];

  constructor(form: HTMLFormElement) {
    this.key = `${account()}:${form.dataset.draft ?? form.dataset.outbox ?? ""}`;
    for (const input of all<HTMLInputElement>("input[type=file]", form)) {
      (input.closest(".file") ?? input).after(this.place);
      input.addEventListener("change", () => void this.take(input));
    }
    this.work = this.restore();
  }

  /** Every photo picked so far is kept. */
  settled(): Promise<void> {
    return this.work;
  }

  async clear(): Promise<void> {
    await this.settled();
    this.photos = [];
    await store.picked.delete(this.key);
    this.draw();
  }

  private async restore(): Promise<void> {
    await store.picked.filter((kept) => Date.now() - kept.at > KEPT_MS).delete();
    this.photos = (await store.picked.get(this.key))?.photos ?? [];
    this.draw();
  }

  private take(input: HTMLInputElement): Promise<void> {
    const files = Array.from(input.files ?? []);
    input.value = "";
    this.work = this.work.then(() => this.add(files)).finally(() => input.dispatchEvent(new Event("yicun:picked")));
    return this.work;
  }

  private async add(files: File[]): Promise<void> {
    const room = MOST - this.photos.length;
    try {
      for (const file of files.slice(0, room)) await this.keep([...this.photos, await taken(file)]);
      if (files.length > room) say(terms.photosMost(MOST), "warn");
    } catch (error) {
      if (error instanceof BrokenPhoto) say(terms.photoBroken(error.message), "fire");
      else say(error instanceof NoRoom ? terms.queueFull : terms.queueBroken, "fire");
    }
  }

  private async keep(photos: Photo[]): Promise<void> {
    await written(() => store.picked.put({ key: this.key, at: Date.now(), photos }));
    const kept = await store.picked.get(this.key);
    if (!isWhole(photos, kept?.photos)) throw new NoRoom();
    this.photos = photos;
    this.draw();
  }

  private draw(): void {
    for (const url of this.urls) URL.revokeObjectURL(url);
    this.urls = this.photos.map((photo) => URL.createObjectURL(new Blob([photo.bytes], { type: photo.type })));
    const shown = this.photos.map((photo, at) => {
      const row = make("li");
      const gone = make("button", { type: "button", class: "button", "aria-label": terms.photoRemove(photo.name) }, terms.remove);
      gone.addEventListener("click", () => (this.work = this.keep(this.photos.filter((one) => one !== photo))));
      row.append(make("img", { src: this.urls[at] ?? "", alt: photo.name }), gone);
      return row;
    });
    this.place.replaceChildren(...shown);
    this.place.hidden = !shown.length;
  }
}
