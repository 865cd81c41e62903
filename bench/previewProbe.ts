/** What a preview costs, seen from inside the page: every request to the lab's worker, every answer, every word of a preview. */
import type { Page } from 'playwright';

export type Seen = { readonly at: number } & (
  | { readonly what: 'input' }
  | { readonly what: 'asked' | 'cancelled'; readonly id: number; readonly kind: string }
  | { readonly what: 'told'; readonly id: number; readonly stage: string }
  | { readonly what: 'answered'; readonly id: number; readonly seconds: number }
  | { readonly what: 'shown'; readonly text: string }
);

export type Probe = {
  readonly seen: Seen[];
  /** Previews the float network on as many images, at once, and resolves with the worker's own seconds. */
  readonly float: (images: number) => Promise<number>;
};

type Message = { readonly id: number; readonly kind: string; readonly args?: Readonly<Record<string, unknown>> };
type Answer = {
  readonly data: {
    readonly id: number;
    readonly kind: string;
    readonly result?: { readonly seconds?: number };
    readonly progress?: { readonly stage?: string };
  };
};

/** Milliseconds from the slider's event to the preview's words, and what they were spent on. */
export type Move = {
  readonly totalMs: number;
  /** Until the page asks for the preview. */
  readonly waitMs: number;
  /** The lab's own. */
  readonly workMs: number;
  /** On the way there and back, and until the lab has let go of what it was doing. */
  readonly answerMs: number;
  readonly drawMs: number;
  /** Whether the page had previewed that width before anybody asked: then nothing was asked of the lab. */
  readonly ahead: boolean;
  /** The call that was cancelled for it, and what it was doing as it had last told. */
  readonly interrupted: string;
  readonly stage: string;
  /** Batches that the cancelled call still told of. */
  readonly toldAfter: number;
};

export const seenBy = (page: Page): Promise<readonly Seen[]> =>
  page.evaluate(() => (globalThis as unknown as { probe: Probe }).probe.seen);

/**
 * Does what moves the slider and waits for the preview of its new width.
 * @throws when neither a preview was the next thing that the last move asked of the lab, nor one was there
 */
export async function measuredMove(page: Page, bits: number, act: () => Promise<void>): Promise<Move> {
  const before = (await seenBy(page)).length;
  await act();
  await page.waitForFunction(
    (start) => document.querySelector('[data-testid="preview"]')?.textContent?.startsWith(start),
    `Preview: ${bits} bits`,
  );
  const all = await seenBy(page);
  const seen = all.slice(before);
  const input = seen.findLast(({ what }) => what === 'input');
  const asked = seen.find((each) => each.what === 'asked' && each.at > (input?.at ?? Infinity));
  const answered = seen.find((each) => each.what === 'answered' && asked?.what === 'asked' && each.id === asked.id);
  const shown = seen.find((each) => each.what === 'shown' && each.text.includes(`${bits} bits`));
  const cancelled = seen.find((each) => each.what === 'cancelled');
  const wasThere = shown?.what === 'shown' && input && (!asked || asked.at > shown.at);
  if (wasThere) {
    const totalMs = shown.at - input.at;
    return {
      totalMs,
      waitMs: 0,
      workMs: 0,
      answerMs: 0,
      drawMs: totalMs,
      ahead: true,
      ...interruption(all, undefined),
    };
  }
  if (
    !input ||
    asked?.what !== 'asked' ||
    asked.kind !== 'preview' ||
    answered?.what !== 'answered' ||
    shown?.what !== 'shown'
  ) {
    throw new Error(`The move to ${bits} bits was not answered by a preview: ${JSON.stringify(seen)}`);
  }
  const workMs = 1000 * answered.seconds;
  return {
    totalMs: shown.at - input.at,
    waitMs: asked.at - input.at,
    workMs,
    answerMs: answered.at - asked.at - workMs,
    drawMs: shown.at - answered.at,
    ahead: false,
    ...interruption(all, cancelled),
  };
}

/** What a move interrupted. */
function interruption(
  all: readonly Seen[],
  cancelled: Seen | undefined,
): Pick<Move, 'interrupted' | 'stage' | 'toldAfter'> {
  return {
    interrupted: cancelled?.what === 'cancelled' ? cancelled.kind : 'nothing',
    stage: stageOf(all, cancelled),
    toldAfter: all.filter(
      (each) =>
        each.what === 'told' && cancelled?.what === 'cancelled' && each.id === cancelled.id && each.at > cancelled.at,
    ).length,
  };
}

/** What a cancelled call had last told of before it was cancelled; '' where it had told nothing. */
function stageOf(all: readonly Seen[], cancelled: Seen | undefined): string {
  if (cancelled?.what !== 'cancelled') return '';
  const told = all.findLast((each) => each.what === 'told' && each.id === cancelled.id && each.at < cancelled.at);
  return told?.what === 'told' ? told.stage : '';
}

/** Runs in the page, before its own scripts: everything it needs is inside. */
export function probe(): void {
  const seen: Seen[] = [];
  const own = new Map<number, (seconds: number) => void>();
  const lab: { post?: (message: Message) => void; float?: Message['args'] } = {};
  const Native = Worker;
  globalThis.Worker = class extends Native {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      if (options?.name !== 'fewbit-lab') return;
      lab.post = (message) => super.postMessage(message);
      this.addEventListener('message', ({ data: { id, kind, result, progress } }: Answer) => {
        if (kind === 'progress')
          return void seen.push({ at: performance.now(), what: 'told', id, stage: progress?.stage ?? '' });
        const seconds = result?.seconds ?? Number.NaN;
        own.get(id)?.(seconds);
        seen.push({ at: performance.now(), what: 'answered', id, seconds });
      });
    }

    override postMessage(message: Message, transfer?: Transferable[] | StructuredSerializeOptions): void {
      const asked = seen.find((each) => each.what === 'asked' && each.id === message.id);
      if (message.kind === 'cancel')
        seen.push({
          at: performance.now(),
          what: 'cancelled',
          id: message.id,
          kind: asked?.what === 'asked' ? asked.kind : '',
        });
      else seen.push({ at: performance.now(), what: 'asked', id: message.id, kind: message.kind });
      if (message.kind === 'evaluate' && message.args?.scheme === null) lab.float = message.args;
      super.postMessage(message, transfer as StructuredSerializeOptions);
    }
  };
  // The event's own time: what passes until a listener hears of it counts, too.
  addEventListener('input', ({ timeStamp }) => seen.push({ at: timeStamp, what: 'input' }), true);
  let shown = '';
  new MutationObserver(() => {
    const text = document.querySelector('[data-testid="preview"]')?.textContent ?? '';
    if (text === shown) return;
    shown = text;
    seen.push({ at: performance.now(), what: 'shown', text });
  }).observe(document, { subtree: true, childList: true, characterData: true });
  let lastOwn = 1e9;
  Object.assign(globalThis, {
    probe: {
      seen,
      // A method: tsx names a function that is kept in a field by a helper of its own, which the page does not have.
      float(images: number) {
        return new Promise<number>((resolve) => {
          own.set(++lastOwn, resolve);
          lab.post?.({ id: lastOwn, kind: 'preview', args: { ...lab.float, images } });
        });
      },
    } satisfies Probe,
  });
}
