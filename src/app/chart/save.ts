/** Hands a file that the page made to the person. */

export function saveFile(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = name;
  anchor.click();
  // The download has its own hold on the bytes only once it has begun.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
