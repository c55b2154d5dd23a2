/**
 * LoRA on the shape of Qwen2.5-Coder-0.5B, against the same step in plain PyTorch: tokens per second, peak memory, and how
 * far the gradient is from the exact one, for every setting; then the best setting and the peers by turns.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { processorFlags } from './children';
import { runFinetune, type TrainerRun } from './finetune-children';
import { byWork, nodeTable } from './finetune-nodes';
import { HALF_BILLION, halfBillion, LENGTH, RANK } from './finetune-rig';
import { describe, exact, SETTINGS, type Setting } from './finetune-setting';
import { columns, type Figure, machine, median, publish, rounds } from './harness';
import type { Mixture } from './quantised';
import {
	describePeer,
	ensureTorch,
	fittedPeer,
	type Peer,
	type PeerTask,
	type Precision,
	runPeer,
} from './torch/peer';

/** From the issue that asked for this. */
const RATIO_AIM = 1;
const RATIO_F32_AIM = 2.5;
const MEMORY_AIM = 0.5;
/** Of the gradient with the exact one. */
const LEAST_COSINE = 0.999;

const THREADS = os.availableParallelism();
const ROUNDS = rounds(3);
/** Timed steps of a setting's process, after one that is not counted. */
const STEPS = 2;
/** What the timed steps of one process take, about. */
const TURN_MILLISECONDS = 12_000;
/** Operations that are listed one by one. */
const OPERATIONS = 12;
const TASK: PeerTask = { shape: HALF_BILLION, rank: RANK, length: LENGTH, sequences: 1 };

interface Measured {
	readonly setting: Setting;
	readonly run: TrainerRun;
}

/** What several processes measured of the same thing. */
interface Side {
	readonly milliseconds: number[];
	readonly peaks: number[];
}

const missing = ensureTorch();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-bench-'));
try {
	const measured = measureSettings(writeExactGradients(folder));
	const peers = missing === undefined ? [fitted('bfloat16'), fitted('float32')] : [];
	const best = bestOf(measured, peers[0]);
	const sides = byTurns(best, peers);
	const { nodes } = runFinetune({ setting: best.setting, threads: THREADS, steps: 1, profile: true });
	report(measured, best, peers, sides, nodes);
} finally {
	fs.rmSync(folder, { recursive: true, force: true });
}

/** One file for each base, by base. */
function writeExactGradients(into: string): ReadonlyMap<Mixture, string> {
	return new Map(
		[...new Set(SETTINGS.map(({ base }) => base))].map((base) => {
			halfBillion(base);
			const writeGradient = path.join(into, base);
			console.log(`exact gradient of ${base}`);
			runFinetune({ setting: exact(base), threads: THREADS, steps: 0, writeGradient, profile: false });
			return [base, writeGradient];
		}),
	);
}

function measureSettings(exactGradients: ReadonlyMap<Mixture, string>): readonly Measured[] {
	return SETTINGS.map((setting) => {
		const exactGradient = exactGradients.get(setting.base);
		const run = runFinetune({ setting, threads: THREADS, steps: STEPS, exactGradient, profile: false });
		console.log(`${describe(setting)}: ${tokensPerSecond(run.milliseconds).toFixed(0)} tokens/s`);
		return { setting, run };
	});
}

function fitted(precision: Precision): Peer {
	const peer = fittedPeer(TASK, precision, THREADS);
	console.log(`${describePeer(peer)}: ${tokensPerSecond(peer.first.milliseconds).toFixed(0)} tokens/s`);
	return peer;
}

/** The fastest with a good gradient, and within the memory that is aimed at where one is. */
function bestOf(measured: readonly Measured[], peer: Peer | undefined): Measured {
	const good = measured.filter(({ run }) => (run.cosine ?? 0) >= LEAST_COSINE);
	const most = MEMORY_AIM * (peer?.first.peakBytes ?? Number.POSITIVE_INFINITY);
	const small = good.filter(({ run }) => run.peakBytes <= most);
	const candidates = small.length > 0 ? small : good.length > 0 ? good : measured;
	return candidates.reduce((best, other) =>
		tokensPerSecond(other.run.milliseconds) > tokensPerSecond(best.run.milliseconds) ? other : best,
	);
}

/** Ours and the peers in turn, so that a machine that becomes slower slows all; ours is the first. */
function byTurns(best: Measured, peers: readonly Peer[]): readonly Side[] {
	const { setting } = best;
	const runs = [
		() => runFinetune({ setting, threads: THREADS, steps: stepsOf(best.run.milliseconds), profile: false }),
		...peers.map(
			({ precision, threads, first }) =>
				() =>
					runPeer(TASK, precision, threads, stepsOf(first.milliseconds)),
		),
	];
	const sides = runs.map((): Side => ({ milliseconds: [], peaks: [] }));
	for (let round = 0; round < ROUNDS; round++) {
		console.log(`round ${round + 1} of ${ROUNDS}`);
		for (const [index, run] of runs.entries()) {
			const { milliseconds, peakBytes } = run();
			sides[index]?.milliseconds.push(...milliseconds);
			sides[index]?.peaks.push(peakBytes);
		}
	}
	return sides;
}

/** Steps to time in one process: those of a slow side are long enough to be few. */
function stepsOf(milliseconds: readonly number[]): number {
	return Math.min(
		5,
		Math.max(1, Math.round(TURN_MILLISECONDS / (median(milliseconds) ?? TURN_MILLISECONDS))),
	);
}

function tokensPerSecond(milliseconds: readonly number[]): number {
	return (1000 * LENGTH) / (median(milliseconds) ?? Number.NaN);
}

function report(
	measured: readonly Measured[],
	best: Measured,
	peers: readonly Peer[],
	[ours, bfloat16, float32]: readonly Side[],
	nodes: TrainerRun['nodes'],
): void {
	const speed = (side: Side | undefined) => tokensPerSecond(side?.milliseconds ?? []);
	const peak = (side: Side | undefined) => median(side?.peaks ?? []) ?? Number.NaN;
	const cosine = best.run.cosine ?? Number.NaN;
	const samples = ours?.milliseconds.length ?? 0;
	const rate = (label: string, key: string, side: Side | undefined): readonly Figure[] => [
		{ label: `${label}, tokens/s`, key: `${key}_tokens_per_second`, value: speed(side), unit: '', samples },
		{
			label: `${label}, peak memory`,
			key: `${key}_peak_mb`,
			value: peak(side) / 1e6,
			unit: 'MB',
			samples: ROUNDS,
		},
	];
	const ratio = (
		label: string,
		key: string,
		value: number,
		type: 'at-least' | 'at-most',
		aim: number,
	): Figure => ({
		label,
		key,
		value,
		unit: '',
		aim: { type, value: aim },
	});
	const compared: readonly Figure[] = [
		...rate('torch bfloat16', 'bfloat16', bfloat16),
		...rate('torch float32', 'float32', float32),
		ratio(
			'tokens/s over torch bfloat16',
			'tokens_per_second_ratio',
			speed(ours) / speed(bfloat16),
			'at-least',
			RATIO_AIM,
		),
		ratio('memory over torch bfloat16', 'memory_ratio', peak(ours) / peak(bfloat16), 'at-most', MEMORY_AIM),
		ratio(
			'tokens/s over torch float32',
			'tokens_per_second_ratio_f32',
			speed(ours) / speed(float32),
			'at-least',
			RATIO_F32_AIM,
		),
	];
	console.log('');
	for (const line of [
		...settingTable(measured),
		'',
		`Where the time goes: ${describe(best.setting)}`,
		...nodeTable(nodes, OPERATIONS),
	]) {
		console.log(line);
	}
	console.log('');
	publish({
		name: 'finetune',
		notes: [
			`${machine()}, ${THREADS} threads, ${processorFlags()}`,
			`LoRA of rank ${RANK} on all seven matrices, one row of ${LENGTH} tokens a step, medians of ${ROUNDS} processes by turns`,
			`best setting: ${describe(best.setting)}; ${best.run.layout}`,
			...peers.map(describePeer),
			...(missing === undefined ? [] : [missing]),
		],
		figures: [
			...rate('best setting', 'ours', ours),
			// In thousandths, so that the table shows what is missing.
			ratio(
				'thousandths that the cosine of the gradient lacks to 1',
				'cosine_loss',
				1000 * (1 - cosine),
				'at-most',
				Math.round(1000 * (1 - LEAST_COSINE)),
			),
			...(missing === undefined ? compared : []),
		],
		details: {
			setting: describe(best.setting),
			cosine: round(cosine, 6),
			settings: measured.map(({ setting, run }) => ({
				setting: describe(setting),
				tokens_per_second: round(tokensPerSecond(run.milliseconds), 1),
				peak_bytes: run.peakBytes,
				weight_bytes: run.weightBytes,
				activation_bytes: run.activationBytes,
				cosine: round(run.cosine ?? Number.NaN, 6),
				worst_cosine: round(run.worst ?? Number.NaN, 6),
			})),
			work: byWork(nodes).map(({ work, milliseconds, share }) => ({
				work,
				milliseconds: round(milliseconds, 1),
				share: round(share, 4),
			})),
		},
	});
}

function settingTable(measured: readonly Measured[]): readonly string[] {
	return columns([
		['setting', 'tokens/s', 'peak', 'weights', 'activations', 'cosine', 'worst tensor'],
		...measured.map(({ setting, run }) => [
			describe(setting),
			tokensPerSecond(run.milliseconds).toFixed(1),
			...[run.peakBytes, run.weightBytes, run.activationBytes].map(
				(bytes) => `${(bytes / 1e6).toFixed(0)} MB`,
			),
			(run.cosine ?? Number.NaN).toFixed(5),
			(run.worst ?? Number.NaN).toFixed(5),
		]),
	]);
}

function round(value: number, digits: number): number {
	return Number(value.toFixed(digits));
}
