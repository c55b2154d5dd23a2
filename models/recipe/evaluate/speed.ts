/** How long a user waits, and what the model's process holds: medians over several hosts, as the product starts them. */

import * as fs from 'node:fs';
import * as os from 'node:os';
import { median } from '../../../test/bench/harness';
import { type LoadedModel, nonsense, timeStream, withModel } from '../../../test/bench/models';

export interface SpeedFigures {
	/** From the start of the host process to a model that can be asked. */
	readonly readyMilliseconds: number;
	/** From a request with a short prompt that nothing of is cached to the first text; undefined: it never wrote any. */
	readonly firstTokenMilliseconds: number | undefined;
	readonly tokensPerSecond: number;
	/** Of prompts, as the host measures at load. */
	readonly promptTokensPerSecond: number;
	/** Most memory that the host process held; undefined where the system does not say. */
	readonly peakBytes: number | undefined;
	/** Hosts that were started. */
	readonly runs: number;
	/** Programs that wanted a core in the minute before (`os.loadavg`); 0 where the system does not say. */
	readonly load: number;
}

const RUNS = 5;
/** Prompts in each host. */
const PROMPTS = 8;
/** Characters before the cursor: a few lines. */
const PROMPT_CHARACTERS = 160;
const MOST_TOKENS = 64;

/** @throws Error with the reason why the model cannot be loaded, or an AbortError. */
export async function speedFigures(modelFile: string, signal: AbortSignal): Promise<SpeedFigures> {
	const [load = 0] = os.loadavg();
	const ready: number[] = [];
	const prefill: number[] = [];
	const first: number[] = [];
	const decode: number[] = [];
	const peak: number[] = [];
	for (let run = 0; run < RUNS; run++) {
		await withModel(modelFile, async (loaded) => {
			ready.push(loaded.readyMilliseconds);
			prefill.push(loaded.model.prefillTokensPerSecond);
			const timed = await timePrompts(loaded, run, signal);
			first.push(...timed.first);
			decode.push(timed.tokensPerSecond);
			const bytes = peakBytesOf(loaded.client.hostPid);
			peak.push(...(bytes === undefined ? [] : [bytes]));
		});
	}
	return {
		readyMilliseconds: median(ready) ?? Number.NaN,
		firstTokenMilliseconds: median(first),
		tokensPerSecond: median(decode) ?? Number.NaN,
		promptTokensPerSecond: median(prefill) ?? Number.NaN,
		peakBytes: median(peak),
		runs: RUNS,
		load,
	};
}

async function timePrompts({ client }: LoadedModel, run: number, signal: AbortSignal) {
	const first: number[] = [];
	let tokens = 0;
	let milliseconds = 0;
	for (let prompt = 0; prompt < PROMPTS; prompt++) {
		const { firstText, statistics } = await timeStream(
			client.fill(
				{
					repository: undefined,
					path: 'src/list.ts',
					files: [],
					prefix: nonsense(run * PROMPTS + prompt, PROMPT_CHARACTERS),
					typed: 'const ',
					suffix: '',
					maxTokens: MOST_TOKENS,
					maxPromptTokens: 1_024,
					leftToRight: false,
					priority: 'interactive',
				},
				signal,
			),
		);
		first.push(...(firstText === undefined ? [] : [firstText]));
		tokens += statistics?.generatedTokens ?? 0;
		milliseconds += statistics?.decodeMilliseconds ?? 0;
	}
	return { first, tokensPerSecond: (1_000 * tokens) / milliseconds };
}

/** `VmHWM`, where there is a /proc. */
function peakBytesOf(process: number | undefined): number | undefined {
	try {
		const status = fs.readFileSync(`/proc/${process ?? 'none'}/status`, 'utf8');
		const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
		return kilobytes === undefined ? undefined : Number(kilobytes) * 1_024;
	} catch {
		return undefined;
	}
}
