/** How the tokens that wait for the model are packed into its next batch. */

/** Most tokens of background work in one batch: the longest that an interactive request waits for it. */
const BACKGROUND_ALONE = 128;
/** The same while an interactive item is in the batch: measured, 72 ms to its first token against 2,400. */
const BACKGROUND_BESIDE_INTERACTIVE = 32;
/** Batches up to this size are bound by memory like decoding, larger ones by arithmetic like prefill. */
const LARGEST_DECODE_BATCH = 4;

/** Evaluation priorities of node-llama-cpp, 1 to 5. */
export const EVALUATION_PRIORITY = { interactive: 5, background: 1 } as const;

/** What node-llama-cpp tells about a queued item. */
interface BatchItem {
	readonly tokens: readonly unknown[];
	readonly evaluationPriority: number;
}

interface Share<Item extends BatchItem> {
	readonly item: Item;
	readonly processAmount: number;
}

/**
 * Interactive items first, then background ones in small shares; never more than `size` tokens in all. (The
 * library's own default hands out more than there is and then starves the item with the highest priority.)
 */
export function prioritize<Item extends BatchItem>(items: readonly Item[], size: number): Share<Item>[] {
	const isInteractive = (item: Item) => item.evaluationPriority >= EVALUATION_PRIORITY.interactive;
	const anyInteractive = items.some(isInteractive);
	let left = size;
	let background = anyInteractive ? BACKGROUND_BESIDE_INTERACTIVE : BACKGROUND_ALONE;
	const shares: Share<Item>[] = [];
	for (const item of [...items].sort((a, b) => b.evaluationPriority - a.evaluationPriority)) {
		const allowed = isInteractive(item) ? left : Math.min(left, background);
		const processAmount = Math.min(item.tokens.length, allowed);
		if (processAmount > 0) {
			shares.push({ item, processAmount });
			left -= processAmount;
			background -= isInteractive(item) ? 0 : processAmount;
		}
	}
	return shares;
}

/** Whether a batch is worth the threads of prefill. */
export function isPrefill(shares: readonly Share<BatchItem>[]): boolean {
	return isPrefillSize(shares.reduce((sum, share) => sum + share.processAmount, 0));
}

export function isPrefillSize(tokens: number): boolean {
	return tokens > LARGEST_DECODE_BATCH;
}
