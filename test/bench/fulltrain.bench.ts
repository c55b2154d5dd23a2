/** Training all weights of small models, against plain PyTorch: tokens per second by size, precision and peer, by turns. */
import * as os from 'node:os';
import { processorFlags } from './children';
import { runFulltrain } from './finetune-children';
import { byWork, nodeTable } from './finetune-nodes';
import type { FullSetting } from './finetune-rig';
import { LENGTH, SEQUENCES, SHAPES, type Size } from './fulltrain-shapes';
import { columns, type Figure, machine, median, publish, rounds } from './harness';
import {
	describePeer,
	ensureTorch,
	fittedPeer,
	type Peer,
	type PeerTask,
	type Precision,
	runPeer,
} from './torch/peer';

/** From the issue that asked for this: tokens/s over torch bfloat16. */
const AIM = 1;
const THREADS = os.availableParallelism();
const ROUNDS = rounds(3);
/** Timed steps of each process, after one that is not counted. */
const STEPS = 3;
/** Operations that are listed one by one. */
const OPERATIONS = 12;
const SIZES = ['5M', '15M', '30M'] as const satisfies readonly Size[];
const LARGEST: Size = '30M';
const SETTINGS: readonly (FullSetting & { readonly name: string })[] = [
	{ name: 'ours F32', products: 'F32', shadowed: false },
	{ name: 'ours BF16', products: 'BF16', shadowed: false },
	{ name: 'ours BF16, Q8_0 copies', products: 'BF16', shadowed: true },
];

/** One way to train a size, with the times of all steps so far. */
interface Side {
	readonly size: Size;
	readonly name: string;
	readonly run: () => readonly number[];
	readonly milliseconds: number[];
}

const missing = ensureTorch();
// The threads that suit the largest suit the others.
const peers = missing === undefined ? [fitted('float32'), fitted('bfloat16')] : [];
const sides = SIZES.flatMap((size) => [
	...SETTINGS.map((setting) => trainer(size, setting)),
	...peers.map((peer) => rival(size, peer)),
]);
for (let round = 0; round < ROUNDS; round++) {
	console.log(`round ${round + 1} of ${ROUNDS}`);
	for (const { run, milliseconds } of sides) {
		milliseconds.push(...run());
	}
}
report();

function fitted(precision: Precision): Peer {
	return fittedPeer(taskOf(LARGEST), precision, THREADS);
}

function taskOf(size: Size): PeerTask {
	return { shape: SHAPES[size], rank: 0, length: LENGTH, sequences: SEQUENCES };
}

function trainer(size: Size, setting: (typeof SETTINGS)[number]): Side {
	const run = () => runJob(size, setting, STEPS, false).milliseconds;
	return { size, name: setting.name, run, milliseconds: [] };
}

function runJob(size: Size, { products, shadowed }: FullSetting, steps: number, profile: boolean) {
	return runFulltrain({ size, products, shadowed, threads: THREADS, steps, profile });
}

function rival(size: Size, { precision, threads }: Peer): Side {
	const run = () => runPeer(taskOf(size), precision, threads, STEPS).milliseconds;
	return { size, name: `torch ${precision}`, run, milliseconds: [] };
}

/** Tokens per second; NaN where nothing was measured. */
function speed(size: Size, name: string): number {
	const side = sides.find((one) => one.size === size && one.name === name);
	return (1000 * LENGTH * SEQUENCES) / (median(side?.milliseconds ?? []) ?? Number.NaN);
}

/** Our fastest. */
function ours(size: Size): { readonly setting: (typeof SETTINGS)[number]; readonly tokens: number } {
	const [best] = SETTINGS.map((setting) => ({ setting, tokens: speed(size, setting.name) })).sort(
		(one, other) => other.tokens - one.tokens,
	);
	if (best === undefined) {
		throw new Error('There is no setting.');
	}
	return best;
}

function report(): void {
	const names = [...new Set(sides.map(({ name }) => name))];
	const table = columns([
		['tokens/s', ...names],
		...SIZES.map((size) => [size, ...names.map((name) => speed(size, name).toFixed(0))]),
	]);
	const best = ours(LARGEST);
	const { nodes } = runJob(LARGEST, best.setting, 1, true);
	console.log('');
	for (const line of [
		...table,
		'',
		`Where the time goes: ${LARGEST}, ${best.setting.name}`,
		...nodeTable(nodes, OPERATIONS),
	]) {
		console.log(line);
	}
	console.log('');
	const ratios = (size: Size): readonly Figure[] => [
		{
			label: `${size}, tokens/s over torch bfloat16`,
			key: `ratio_${size.toLowerCase()}`,
			value: ours(size).tokens / speed(size, 'torch bfloat16'),
			unit: '',
			aim: { type: 'at-least', value: AIM },
		},
		{
			label: `${size}, tokens/s over torch float32`,
			key: `ratio_f32_${size.toLowerCase()}`,
			value: ours(size).tokens / speed(size, 'torch float32'),
			unit: '',
		},
	];
	publish({
		name: 'fulltrain',
		notes: [
			`${machine()}, ${THREADS} threads, ${processorFlags()}`,
			`all weights, ${SEQUENCES} sequences of ${LENGTH} tokens a step, medians of ${ROUNDS} processes by turns`,
			...peers.map(describePeer),
			...(missing === undefined ? [] : [missing]),
		],
		figures: SIZES.flatMap((size) => [
			{
				label: `${size}, ${ours(size).setting.name}, tokens/s`,
				key: `tokens_per_second_${size.toLowerCase()}`,
				value: ours(size).tokens,
				unit: '',
				samples: ROUNDS * STEPS,
			},
			...(missing === undefined ? ratios(size) : []),
		]),
		details: {
			settings: sides.map(({ size, name }) => ({
				size,
				setting: name,
				tokens_per_second: Math.round(speed(size, name)),
			})),
			work: byWork(nodes).map(({ work, share }) => ({ work, share: Number(share.toFixed(4)) })),
		},
	});
}
