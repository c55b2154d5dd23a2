/** Decode speed against llama.cpp's own llama-bench on the same files, and what guessing from the prompt adds. */
import { spawnSync } from 'node:child_process';
import * as os from 'node:os';
import { LlamaEngine } from '../../src/inference/engine/llama';
import type { FillRequest, ModelDescription } from '../../src/inference/model';
import { list, number, object } from '../../src/inference/wire/shapes';
import { halfBillionModel } from './halfBillion';
import { type Figure, machine, median, publish, rounds } from './harness';
import { llamaPrograms } from './llamaPrograms';
import { never, nonsense, STARTER } from './models';

const ROUNDS = rounds(7);
const CONTEXT = 2_048;
/** One edit that was made at many calls: what a rename by hand or an added argument leaves to do. */
const EDITED = Array.from(
	{ length: 12 },
	(_, index) => `\tregister('command${index}', () => run(context, 'command${index}'), options);\n`,
).join('');

interface Shape {
	readonly key: string;
	readonly file: string;
	/** Tokens of one run. */
	readonly tokens: number;
	/** Least share of llama-bench's speed. */
	readonly aim: number;
	/** Least share of the speed without guesses; none where the weights are random, which repeat nothing but themselves. */
	readonly guessesAim: number | undefined;
}

const isOutput = list(object<{ readonly samples_ts: readonly number[] }>({ samples_ts: list(number) }));

/** Tokens a second of llama-bench, by thread count. */
function theirs(program: string, { file, tokens }: Shape, threads: readonly number[]): readonly number[] {
	const words = ['-m', file, '-p', '0', '-n', String(tokens), '-t', threads.join(), '-r', '1', '-o', 'json'];
	const { status, stdout } = spawnSync(program, words, {
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'ignore'],
	});
	const output: unknown = status === 0 ? JSON.parse(stdout) : undefined;
	if (!isOutput(output)) {
		throw new Error(`llama-bench could not measure ${file}.`);
	}
	return output.map(({ samples_ts: [speed] }) => speed ?? 0);
}

/** Tokens a second after the first one; undefined where the model wrote too little. */
async function ours(engine: LlamaEngine, prefix: string, tokens: number): Promise<number | undefined> {
	const request: FillRequest = {
		repository: undefined,
		path: 'bench.ts',
		files: [],
		prefix,
		typed: '',
		suffix: '',
		maxTokens: tokens,
		maxPromptTokens: CONTEXT / 2,
		leftToRight: true,
		priority: 'interactive',
	};
	for await (const event of engine.fill(request, never())) {
		if (event.type === 'end' && event.statistics.generatedTokens > tokens / 4) {
			return (1_000 * (event.statistics.generatedTokens - 1)) / event.statistics.decodeMilliseconds;
		}
	}
	return undefined;
}

async function load(path: string, mayGuess: boolean) {
	const engine = new LlamaEngine(() => undefined, mayGuess);
	const options = {
		path,
		backend: 'cpu',
		contextSize: CONTEXT,
		gpuLayers: 0,
		cacheFolder: os.tmpdir(),
	} as const;
	return { engine, model: await engine.load(options, () => undefined, never()) };
}

interface Measured {
	readonly model: ModelDescription;
	readonly figures: readonly Figure[];
}

async function measure(program: string, shape: Shape): Promise<Measured> {
	const cores = os.availableParallelism();
	const threads = [...new Set([1, Math.ceil(cores / 2), cores])];
	const plain = await load(shape.file, false);
	const guessing = await load(shape.file, true);
	const peers: number[][] = threads.map(() => []);
	const [own, edit, guessed]: [number[], number[], number[]] = [[], [], []];
	const add = (speeds: number[], speed: number | undefined) => {
		if (speed !== undefined) {
			speeds.push(speed);
		}
	};
	for (let round = 0; round < ROUNDS; round++) {
		for (const [index, speed] of theirs(program, shape, threads).entries()) {
			peers[index]?.push(speed);
		}
		for (let run = 0; run < 3; run++) {
			add(own, await ours(plain.engine, nonsense(round * 3 + run, 60), shape.tokens));
		}
		const prefix = `// ${round}\n${EDITED}`;
		add(edit, await ours(plain.engine, prefix, shape.tokens));
		add(guessed, await ours(guessing.engine, prefix, shape.tokens));
	}
	await plain.engine.dispose();
	await guessing.engine.dispose();
	const peer = Math.max(...peers.map((speeds) => median(speeds) ?? 0));
	const speed = (label: string, key: string, value: number | undefined, samples: number): Figure => ({
		label: `${shape.key}: ${label}`,
		key: `${shape.key}_${key}`,
		value,
		unit: 'tokens/s',
		samples,
	});
	const ratio = (label: string, key: string, of: readonly number[], to: number | undefined, aim?: number) => {
		const value = median(of);
		return {
			...speed(label, key, value === undefined || to === undefined ? undefined : value / to, of.length),
			unit: '',
			...(aim === undefined ? {} : { aim: { type: 'at-least', value: aim } as const }),
		};
	};
	return {
		model: plain.model,
		figures: [
			speed('llama-bench', 'peer', peer, ROUNDS),
			speed('ours, nothing guessed', 'own', median(own), own.length),
			ratio('ratio', 'tokens_per_second_ratio', own, peer, shape.aim),
			speed('repetitive edit, nothing guessed', 'edit', median(edit), edit.length),
			speed('repetitive edit, with guesses', 'edit_guessed', median(guessed), guessed.length),
			ratio('with guesses: ratio', 'guesses_ratio', guessed, median(edit), shape.guessesAim),
		],
	};
}

const { bench, version } = llamaPrograms();
const shapes: readonly Shape[] = [
	{ key: 'starter', file: STARTER, tokens: 64, aim: 0.5, guessesAim: 1 },
	{ key: 'half_billion', file: halfBillionModel(), tokens: 16, aim: 0.95, guessesAim: undefined },
];
const measured: Measured[] = [];
for (const shape of shapes) {
	measured.push(await measure(bench, shape));
}
publish({
	name: 'decode',
	notes: [
		machine(),
		...measured.map(
			({ model: { name, quantisation, threads } }) =>
				`${name}, ${quantisation}, threads by our own measuring: ${threads.decode}`,
		),
		`llama.cpp ${version}, the fastest of its thread counts; medians of ${ROUNDS} rounds, by turns`,
		'Our speed counts sampling, detokenising and probabilities; llama-bench only evaluates. node-llama-cpp starts the',
		'threads of each batch anew (it attaches no thread pool): milliseconds where other programs are at work.',
	],
	figures: measured.flatMap(({ figures }) => figures),
});
