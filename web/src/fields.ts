// File names beside the Chinese button, and the position only when the officer asks for it.
import { all } from "./page";
import { terms } from "./terms";

function nameFiles(input: HTMLInputElement): void {
  const said = input.closest(".file")?.querySelector<HTMLElement>("[data-file-names]");
  if (!said) return;
  const tell = () => {
    const files = Array.from(input.files ?? []);
    said.textContent = files.length === 1 ? files[0]!.name : files.length ? terms.files(files.length) : terms.noFile;
  };
  input.addEventListener("change", tell);
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
