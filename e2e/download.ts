/** What a button of the page saves. */
import { readFileSync } from 'node:fs';
import { expect, type Page } from '@playwright/test';

/** @param button its test id @returns the file, once the page has said that it is written */
export async function download(
  page: Page,
  button: string,
): Promise<{ readonly name: string; readonly bytes: Buffer<ArrayBuffer> }> {
  const begun = page.waitForEvent('download');
  await page.getByTestId(button).click();
  const file = await begun;
  await expect(page.getByTestId('files-said')).toContainText(`${file.suggestedFilename()} is written`);
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}
