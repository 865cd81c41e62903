/** `npm start`: builds the page, serves it, prints its address, and opens it where there is a screen. */
import { build, preview } from 'vite';

const hasScreen =
  process.platform === 'darwin' ||
  process.platform === 'win32' ||
  Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);

await build({ logLevel: 'warn' });
const server = await preview({ preview: { open: hasScreen && !process.env['CI'] } });
const address = server.resolvedUrls?.local[0] ?? 'the address below';

console.log(`\n  Fewbit is open at ${address}\n\n  Open it in Chrome. Ctrl+C stops it.\n`);
