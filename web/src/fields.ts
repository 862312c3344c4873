// File names beside the Chinese button, and the position only when the officer asks for it.
import { all, say } from "./page";
import { terms } from "./terms";

/** As much as the server takes; a file beyond it is neither read nor sent. */
const MOST_MB = 50;

function refuseLarge(input: HTMLInputElement): void {
  const large = Array.from(input.files ?? []).find((file) => file.size > MOST_MB << 20);
  if (!large) return;
  input.value = "";
  say(terms.fileTooLarge(large.name, Math.ceil(large.size / (1 << 20)), MOST_MB), "fire");
  document.getElementById("said")?.scrollIntoView({ block: "center" });
}

function nameFiles(input: HTMLInputElement): void {
  const said = input.closest(".file")?.querySelector<HTMLElement>("[data-file-names]");
  if (!said) return;
  const tell = () => {
    const files = Array.from(input.files ?? []);
    said.textContent = files.length === 1 ? files[0]!.name : files.length ? terms.files(files.length) : terms.noFile;
  };
  input.addEventListener("change", () => {
    refuseLarge(input);
    tell();
  });
  input.addEventListener("yicun:picked", tell);
  input.form?.addEventListener("reset", () => window.setTimeout(tell));
  tell();
}

/** <button data-locate data-latitude="name" data-longitude="name" data-accuracy="name"> fills those fields of its form. */
function locate(button: HTMLButtonElement): void {
  const said = button.parentElement?.querySelector<HTMLElement>("[data-locate-said]");
  const put = (name: string | undefined, value: number) => {
    const field = name ? button.form?.elements.namedItem(name) : null;
    if (field instanceof HTMLInputElement) field.value = String(value);
  };
  button.addEventListener("click", () => {
    if (said) said.textContent = terms.positionBusy;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        put(button.dataset.latitude, Number(coords.latitude.toFixed(6)));
        put(button.dataset.longitude, Number(coords.longitude.toFixed(6)));
        put(button.dataset.accuracy, Math.round(coords.accuracy));
        if (said) said.textContent = terms.positionDone(Math.round(coords.accuracy));
      },
      () => {
        if (said) said.textContent = terms.positionFailed;
      },
      { timeout: 10000, enableHighAccuracy: true, maximumAge: 60000 },
    );
  });
}

export function startFields(root: ParentNode): void {
  all<HTMLInputElement>(".file input[type=file]:not([data-on])", root).forEach((input) => {
    input.dataset.on = "yes";
    nameFiles(input);
  });
  all<HTMLButtonElement>("button[data-locate]:not([data-on])", root).forEach((button) => {
    button.dataset.on = "yes";
    button.hidden = !("geolocation" in navigator);
    locate(button);
  });
}
