import type { Locator, Page } from '@playwright/test';

/** Drops a file of the disk where the element is, by the browser's own input: the page gets what a mouse would bring. */
export async function drop(page: Page, onto: Locator, path: string): Promise<void> {
  await onto.scrollIntoViewIfNeeded();
  const box = await onto.boundingBox();
  if (!box) throw new Error(`There is nothing to drop ${path} onto.`);
  const input = await page.context().newCDPSession(page);
  const at = {
    x: box.x + box.width / 2,
    y: box.y + box.height / 2,
    data: { items: [], files: [path], dragOperationsMask: 1 },
  };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await input.send('Input.dispatchDragEvent', { type, ...at });
}
