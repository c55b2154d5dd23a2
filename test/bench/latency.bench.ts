/**
 * Keystroke to ghost text beside llama.cpp's own server asked as llama.vscode asks it: same typing, same model, same
 * threads, as many tokens of context.
 *
 *     npm run bench:latency [-- 0.5B | -- starter]
 */
import { settings } from '../../src/manifest';
import { halfBillionModel } from './halfBillion';
import { columns, type Figure, median, percentile, publish, rounds } from './harness';
import { type Answer, firstEdits, replay } from './latencyReplay';
import { Ours, type OursOptions, Theirs } from './latencySides';
import { llamaPrograms } from './llamaPrograms';
import { LlamaServer } from './llamaServer';
import type { PeerOptions } from './llamaVscode';
import { describeModel, benchLog as log, never, STARTER, withModel } from './models';
import type { Trace } from './typist';
import { readVisits } from './visits';

interface Setting {
	/** Before the keys of the JSON line. */
	readonly key: string;
	readonly label: string;
	readonly model: () => string;
	/** Tokens of context of a sequence, on both sides. */
	readonly contextSize: number;
	/** Milliseconds, on both sides. */
	readonly debounce: number;
	readonly ours: OursOptions;
	readonly theirs: PeerOptions;
	/** Edits of the trace in a quick run. */
	readonly quick: number;
}

/** Prompts of about 1,024 tokens: what is affordable in 0.6 s for one who reads so fast. */
const FOR_1024_TOKENS = 1_024 / 0.6;

/** Of random weights, the server's rule for infilling makes an end at once. */
const GOES_ON = { samplers: ['top_k', 'top_p'], ignore_eos: true };

const SETTINGS: readonly Setting[] = [
	{
		key: '',
		label: '0.5B',
		model: halfBillionModel,
		contextSize: 4_096,
		// Random weights never write what is typed, so that every question goes to the model.
		debounce: settings.completionDebounce.default,
		ours: { maxTokens: 8, prefillSpeed: FOR_1024_TOKENS },
		theirs: { predict: 8, asksAhead: false, sampling: GOES_ON },
		quick: 50,
	},
	{
		key: 'starter_',
		label: 'starter',
		model: () => STARTER,
		contextSize: 2_048,
		// Known texts are shown without any pause: every key counts.
		debounce: 0,
		ours: { maxTokens: settings.completionMaxTokens.default },
		theirs: { predict: 128, asksAhead: true },
		quick: 100,
	},
];

type Answers = readonly (Answer | undefined)[];

interface Measured {
	readonly ours: Answers;
	readonly theirs: Answers;
	readonly notes: readonly string[];
}

async function measure(setting: Setting, traces: readonly Trace[], server: string): Promise<Measured> {
	const file = setting.model();
	const ours = await withModel(
		file,
		async ({ client, model }) => {
			const side = new Ours(client, setting.ours, log);
			const answers = await replay(side, traces, { debounce: setting.debounce, keepsPauses: true }, never());
			side.dispose();
			return { answers, model };
		},
		setting.contextSize,
	);
	// A quarter of the batch is for what follows the cursor: a multiple of four.
	const batch = Math.round((median(known(ours.answers, 'promptTokens')) ?? 1_024) / 4) * 4;
	const { threads } = ours.model;
	const peer = await LlamaServer.start(
		{
			program: server,
			model: file,
			contextSize: setting.contextSize,
			batch,
			threads: threads.decode,
			batchThreads: threads.prefill,
		},
		never(),
	);
	try {
		// Nothing goes on between its keys but what it is waited for.
		const pace = { debounce: setting.debounce, keepsPauses: false };
		const theirs = await replay(new Theirs(peer, setting.theirs), traces, pace, never());
		return {
			ours: ours.answers,
			theirs,
			notes: [
				...describeModel(ours.model),
				`${setting.label}: llama-server --threads ${threads.decode} --threads-batch ${threads.prefill} --batch-size ${batch} --cache-reuse 256; ${counts('ours', ours.answers)}; ${counts('theirs', theirs)}; more than half of the prompt evaluated: ours ${colds(ours.answers)}, theirs ${colds(theirs)}${peer.deaths === 0 ? '' : `; llama-server died ${peer.deaths} times and was started again`}`,
			],
		};
	} finally {
		await peer.dispose();
	}
}

function known(
	answers: Answers,
	key: 'firstToken' | 'item' | 'promptTokens' | 'evaluatedTokens',
): readonly number[] {
	return answers.flatMap((answer) => answer?.[key] ?? []);
}

/** Keys after which most of a prompt was read again: arrivals, and where the start of the prefix moves. */
function colds(answers: Answers): number {
	return answers.filter((answer) => (answer?.evaluatedTokens ?? 0) * 2 > (answer?.promptTokens ?? 0)).length;
}

function counts(whose: string, answers: Answers): string {
	const found = new Map<string, number>();
	for (const answer of answers) {
		const what =
			answer === undefined ? 'not asked' : answer.from === 'nothing' ? (answer.reason ?? '') : answer.from;
		found.set(what, (found.get(what) ?? 0) + 1);
	}
	const list = [...found]
		.sort(([, one], [, other]) => other - one)
		.map(([what, count]) => `${what} ${count}`);
	return `${whose}: ${list.join(', ')}`;
}

function figures({ key, label }: Setting, { ours, theirs }: Measured): readonly Figure[] {
	const both = ours.flatMap((own, index) => {
		const other = theirs[index];
		return own?.from === 'model' && other?.from === 'model' ? [{ own, other }] : [];
	});
	const mine = both.map(({ own }) => own);
	const others = both.map(({ other }) => other);
	const asked = ours.filter((answer) => answer !== undefined);
	const ratio = (what: 'firstToken' | 'item', fraction: number) => {
		const [own, other] = [percentile(known(mine, what), fraction), percentile(known(others, what), fraction)];
		return own === undefined || other === undefined ? undefined : own / other;
	};
	const figure = (
		name: string,
		text: string,
		unit: string,
		value: number | undefined,
		samples = both.length,
	) => ({
		label: `${label}: ${text}`,
		key: `${key}${name}`,
		unit,
		value,
		samples,
	});
	const instant = ours.filter((answer) => answer?.from === 'instant').length;
	const theirInstant = theirs.filter((answer) => answer?.from === 'instant').length;
	return [
		{
			...figure('p50_ratio', 'first token, p50, ours / theirs', '', ratio('firstToken', 0.5)),
			aim: { type: 'at-most', value: 0.2 },
		},
		{
			...figure('p95_ratio', 'first token, p95, ours / theirs', '', ratio('firstToken', 0.95)),
			aim: { type: 'at-most', value: 0.5 },
		},
		...([0.5, 0.95] as const).flatMap((fraction) => {
			const p = `p${fraction * 100}`;
			return [
				figure(
					`first_token_${p}_ms`,
					`first token, ${p}, ours`,
					'ms',
					percentile(known(mine, 'firstToken'), fraction),
				),
				figure(
					`peer_first_token_${p}_ms`,
					`first token, ${p}, theirs`,
					'ms',
					percentile(known(others, 'firstToken'), fraction),
				),
				figure(`item_${p}_ms`, `whole item, ${p}, ours`, 'ms', percentile(known(mine, 'item'), fraction)),
				figure(
					`peer_item_${p}_ms`,
					`whole item, ${p}, theirs`,
					'ms',
					percentile(known(others, 'item'), fraction),
				),
				figure(`item_${p}_ratio`, `whole item, ${p}, ours / theirs`, '', ratio('item', fraction)),
			];
		}),
		figure('prompt_tokens', 'tokens of a prompt, median, ours', '', median(known(mine, 'promptTokens'))),
		figure('peer_prompt_tokens', 'the same, theirs', '', median(known(others, 'promptTokens'))),
		figure('evaluated_tokens', 'of them evaluated, median, ours', '', median(known(mine, 'evaluatedTokens'))),
		figure('peer_evaluated_tokens', 'the same, theirs', '', median(known(others, 'evaluatedTokens'))),
		...(key === ''
			? []
			: [
					{
						...figure(
							'instant_share',
							'share of keys answered at once, ours',
							'',
							instant / asked.length,
							asked.length,
						),
						key: 'instant_share',
						aim: { type: 'at-least' as const, value: 0.4 },
					},
					{
						...figure(
							'peer_instant_share',
							'the same, theirs',
							'',
							theirInstant / asked.length,
							asked.length,
						),
						key: 'peer_instant_share',
					},
				]),
	];
}

const { server, version } = llamaPrograms();
const isQuick = rounds(2) === 1;
/** The one model that was asked for. */
const only = process.argv[2];
const all = readVisits();
const found: Figure[] = [];
const notes: string[] = [`llama.cpp ${version}`];
for (const setting of SETTINGS.filter(({ label }) => only === undefined || only === label)) {
	const traces = isQuick ? firstEdits(all, setting.quick) : all;
	const measured = await measure(setting, traces, server);
	found.push(...figures(setting, measured));
	// A run takes minutes: what is known is said at once.
	console.error(
		`${setting.label}: ${columns(found.map(({ key, value }) => [key, String(value)])).join('; ')}`,
	);
	notes.push(...measured.notes);
}
const edits = all.reduce((sum, trace) => sum + trace.edits.length, 0);
publish({
	name: 'latency',
	notes: [
		`${all.length} visits with ${edits} edits${isQuick ? ', the first of them' : ''}; ratios over the keys after which both sides asked the model`,
		...notes,
	],
	figures: found,
});
