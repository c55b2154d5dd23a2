/** Measures a loaded model on this machine: threads for prefill and for decode, their speeds, the chunk. */

import { throwIfAborted } from '../cancel';
import { chunkForSpeed } from './prefill';
import { CALIBRATION_MILLISECONDS, CLEARLY_WORSE, chooseThreads, searchOrder } from './threads';

/** Tokens of the first measurement, which says how much more can be afforded. */
const PROBE_TOKENS = 16;
const PREFILL_TOKENS = [128, 64, 32] as const;
const DECODE_TOKENS = 12;
/** Share of the time that one prefill measurement may take. */
const SHARE = 1 / 6;

export interface Threads {
	readonly prefill: number;
	readonly decode: number;
}

export interface Calibration {
	readonly threads: Threads;
	/** Tokens that were read at once to measure it. */
	readonly prefillTokens: number;
	readonly prefillTokensPerSecond: number;
	/** Of tokens that are read one by one; to write one takes longer. */
	readonly decodeTokensPerSecond: number;
	/** Tokens fed at once to begin with: at most 128, fewer where those take over 100 ms. */
	readonly chunk: number;
}

/** The model as far as it is measured: an empty sequence, and the number of threads of what follows. */
interface Measured {
	clear(): Promise<void>;
	/** Does one measurement when nothing else uses the machine. Default: at once. */
	turn?<T>(work: () => Promise<T>): Promise<T>;
	feed(tokens: readonly number[]): Promise<void>;
	useThreads(threads: Threads): void;
}

/**
 * @param tokens at least 128 tokens of ordinary text.
 * @param cores candidates are 1, half of them and all of them; 1 where the GPU does all the work.
 * @param now milliseconds; tests bring their own.
 * @throws AbortError when the signal fires.
 */
export async function calibrate(
	model: Measured,
	tokens: readonly number[],
	cores: number,
	signal: AbortSignal,
	now: () => number = () => performance.now(),
): Promise<Calibration> {
	/** Milliseconds of measuring; those of waiting for other models do not count. */
	let spent = 0;
	const timed = async (count: number, threads: number) => {
		throwIfAborted(signal);
		const measure = async () => {
			model.useThreads({ prefill: threads, decode: threads });
			const start = now();
			await model.feed(tokens.slice(0, count));
			return now() - start;
		};
		const milliseconds = await (model.turn?.(measure) ?? measure());
		spent += milliseconds;
		return milliseconds;
	};
	// The first batch reads the weights from the disk and allocates: it is not measured.
	const half = Math.ceil(cores / 2);
	await timed(1, half);
	spent = 0;
	const remaining = () => CALIBRATION_MILLISECONDS - spent;
	await model.clear();
	const probe = await timed(PROBE_TOKENS, half);
	const affordable = (CALIBRATION_MILLISECONDS * SHARE * PROBE_TOKENS) / Math.max(probe, 1);
	const count = PREFILL_TOKENS.find((tokens) => tokens <= affordable) ?? PROBE_TOKENS;
	const prefill = await chooseThreads(
		searchOrder(cores, 'prefill'),
		async (threads) => {
			const runs: number[] = [];
			if (threads !== half) {
				// Spinning threads on busy cores can take a hundred times as long: then a small piece says enough.
				await model.clear();
				const small = await timed(PROBE_TOKENS, threads);
				if (small > probe * CLEARLY_WORSE) {
					return (small * count) / PROBE_TOKENS;
				}
			}
			// Twice where it costs little: the machine has other work too.
			for (let run = 0; run < (probe < 40 ? 2 : 1); run++) {
				await model.clear();
				runs.push(await timed(count, threads));
			}
			return Math.min(...runs);
		},
		() => remaining() - CALIBRATION_MILLISECONDS * SHARE,
	);
	const decode = await chooseThreads(
		searchOrder(cores, 'decode'),
		async (threads) => {
			const runs: number[] = [];
			const end = spent + CALIBRATION_MILLISECONDS * SHARE;
			while (runs.length < DECODE_TOKENS && (runs.length < 1 || spent < end)) {
				runs.push(await timed(1, threads));
			}
			return median(runs);
		},
		remaining,
	);
	await model.clear();
	const threads = { prefill: prefill.threads, decode: decode.threads };
	model.useThreads(threads);
	const prefillTokensPerSecond = (1000 * count) / Math.max(prefill.milliseconds, 0.01);
	return {
		threads,
		prefillTokens: count,
		prefillTokensPerSecond,
		decodeTokensPerSecond: 1000 / Math.max(decode.milliseconds, 0.01),
		chunk: chunkForSpeed(prefillTokensPerSecond),
	};
}

function median(values: readonly number[]): number {
	return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
