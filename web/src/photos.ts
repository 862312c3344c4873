// Photos are shrunk on the phone before they are stored or sent: at most 1600 px, JPEG, as an ArrayBuffer.
import type { Photo } from "./machine";
import { uuid7 } from "./uuid";

export class BrokenPhoto extends Error {}

const LONGEST = 1600;
const QUALITY = 0.8;

interface Picture {
  source: CanvasImageSource;
  width: number;
  height: number;
}

/** Safari 14 has no createImageBitmap; an <img> over a blob address needs blob: in the page's img-src. */
async function fromImage(file: File): Promise<Picture> {
  const url = URL.createObjectURL(file);
  const image = new Image();
  image.src = url;
  try {
    await image.decode();
    return { source: image, width: image.naturalWidth, height: image.naturalHeight };
  } finally {
    URL.revokeObjectURL(url);
  }
}

async function open(file: File): Promise<Picture> {
  if (!("createImageBitmap" in window)) return fromImage(file);
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  return { source: bitmap, width: bitmap.width, height: bitmap.height };
}

function encoded(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/jpeg", QUALITY),
  );
}

/** A paper beside the photos (an attached document) travels as it is. */
export async function taken(file: File): Promise<Photo> {
  if (file.type.startsWith("image/")) return shrink(file);
  return { id: uuid7(), name: file.name, type: file.type, bytes: await file.arrayBuffer() };
}

async function shrink(file: File): Promise<Photo> {
  const picture = await open(file).catch(() => {
    throw new BrokenPhoto(file.name);
  });
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  canvas.getContext("2d")?.drawImage(picture.source, 0, 0, canvas.width, canvas.height);
  const blob = await encoded(canvas);
  const name = `${file.name.replace(/\.\w+$/, "")}.jpg`;
  return { id: uuid7(), name, type: "image/jpeg", bytes: await blob.arrayBuffer() };
}

export function base64(bytes: ArrayBuffer): string {
  const view = new Uint8Array(bytes);
  let text = "";
  for (let at = 0; at < view.length; at += 0x8000) text += String.fromCharCode(...view.subarray(at, at + 0x8000));
  return btoa(text);
}
