/** First token of a completion while a chat's long prompt is being read, against the same completion alone. */
import { isAbort } from '../../src/inference/cancel';
import type { ModelClient } from '../../src/inference/client/client';
import type { FillRequest } from '../../src/inference/model';
import { type Figure, median, percentile, publish, rounds } from './harness';
import { CHARACTERS_PER_TOKEN, describeModel, never, nonsense, timeStream, withLargerModel } from './models';

const AIM = { type: 'at-most', value: 1.5 } as const;
const CHAT_TOKENS = 4_000;
const ROUNDS = rounds(10);
/** Tokens of a completion's prompt when nothing of it is in the KV cache: a file that was just opened. */
const COLD_TOKENS = 512;
let seed = 1_000;

function fill(prefix: string, typed: string): FillRequest {
	return {
		repository: 'bench',
		path: 'src/bench.js',
		files: [],
		prefix,
		typed,
		suffix: '\n}\n',
		maxTokens: 4,
		maxPromptTokens: COLD_TOKENS,
		leftToRight: true,
		priority: 'interactive',
	};
}

interface Sample {
	/** Milliseconds to the first text of a prompt that nobody had before. */
	readonly cold: number;
	/** The same after one more character was typed. */
	readonly warm: number;
}

async function firstText(client: ModelClient, request: FillRequest): Promise<number> {
	const start = performance.now();
	const { firstText: time } = await timeStream(client.fill(request, never()));
	// A model with random weights may write half a character: then the end of the stream is the first sign.
	return time ?? performance.now() - start;
}

async function measure(client: ModelClient): Promise<Sample> {
	const prefix = nonsense(seed++, COLD_TOKENS * CHARACTERS_PER_TOKEN);
	const cold = await firstText(client, fill(prefix, 'const item'));
	const warm = await firstText(client, fill(prefix, 'const items'));
	return { cold, warm };
}

/** Measures while a chat reads its prompt; undefined if the chat had begun to answer before the end. */
async function measureBeside(client: ModelClient): Promise<Sample | undefined> {
	const controller = new AbortController();
	const content = nonsense(seed++, CHAT_TOKENS * CHARACTERS_PER_TOKEN);
	let answers = false;
	const chat = (async () => {
		const request = { maxTokens: 8, temperature: 0, priority: 'background' } as const;
		const messages = [{ role: 'user', content }] as const;
		for await (const event of client.chat({ ...request, messages }, controller.signal)) {
			if (event.type === 'unsupported') {
				throw new Error(event.reason);
			}
			answers = true;
		}
	})().catch((error: unknown) => {
		if (!isAbort(error)) {
			throw error;
		}
	});
	// Long enough for the chat's first chunks to be under way, at a different place in a chunk each time.
	await new Promise((resolve) => setTimeout(resolve, 150 + ((seed * 37) % 100)));
	const sample = await measure(client);
	const isValid = !answers;
	controller.abort();
	await chat;
	return isValid ? sample : undefined;
}

await withLargerModel(async ({ client, model }) => {
	await measure(client);
	const alone: Sample[] = [];
	const beside: Sample[] = [];
	let discarded = 0;
	for (let round = 0; round < ROUNDS; round++) {
		alone.push(await measure(client));
		const sample = await measureBeside(client);
		if (sample === undefined) {
			discarded++;
		} else {
			beside.push(sample);
		}
	}
	const times = (kind: 'cold' | 'warm'): readonly Figure[] => {
		const label = kind === 'cold' ? `${COLD_TOKENS} new tokens` : 'one more keystroke';
		const [own, next] = [alone.map((sample) => sample[kind]), beside.map((sample) => sample[kind])];
		const [ownMedian, nextMedian] = [median(own), median(next)];
		const ratio = ownMedian === undefined || nextMedian === undefined ? undefined : nextMedian / ownMedian;
		const common = { unit: 'ms', samples: next.length } as const;
		return [
			{ ...common, label: `${label}: alone`, key: `${kind}_alone_ms`, value: ownMedian },
			{ ...common, label: `${label}: beside a chat`, key: `${kind}_beside_ms`, value: nextMedian },
			{
				...common,
				label: `${label}: beside, p95`,
				key: `${kind}_beside_p95_ms`,
				value: percentile(next, 0.95),
			},
			{
				label: `${label}: ratio`,
				key: `${kind}_ratio`,
				unit: '',
				value: ratio,
				aim: AIM,
				samples: next.length,
			},
		];
	};
	publish({
		name: 'beside-chat',
		notes: [
			...describeModel(model),
			`first text of a completion, alone and while a chat reads ${CHAT_TOKENS} tokens, by turns; medians; ` +
				`${discarded} rounds discarded because the chat had begun to answer`,
		],
		figures: [...times('cold'), ...times('warm')],
	});
});
