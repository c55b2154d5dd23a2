/** The same training step in PyTorch, with the number of threads that suits it best. */
import { execFileSync, spawnSync } from 'node:child_process';
import * as os from 'node:os';
import * as path from 'node:path';
import { type Check, list, number, object, string } from '../../../src/inference/wire/shapes';
import type { RandomModelOptions } from '../../support/randomModel';
import { root } from '../../support/root';
import { measureApart } from '../children';
import { median } from '../harness';

/** Debian's, which has the packages below. */
const PYTHON = '/usr/bin/python3';
const PACKAGES = ['python3-torch', 'libopenblas0'];
const SCRIPT = path.join(root, 'test/bench/torch/train_step.py');

export type Precision = 'float32' | 'bfloat16';

export interface PeerRun {
	readonly milliseconds: readonly number[];
	readonly peakBytes: number;
	readonly parameters: number;
	readonly loss: number;
	readonly version: string;
}

const isPeerRun: Check<PeerRun> = object<PeerRun>({
	milliseconds: list(number),
	peakBytes: number,
	parameters: number,
	loss: number,
	version: string,
});

/** What is trained. */
export interface PeerTask {
	readonly shape: Omit<RandomModelOptions, 'type'>;
	/** Of the LoRA pairs; 0 = all weights are trained. */
	readonly rank: number;
	readonly length: number;
	readonly sequences: number;
}

/** Threads of torch (OpenMP and oneDNN) and of OpenBLAS. */
export interface PeerThreads {
	readonly torch: number;
	readonly blas: number;
}

/** Installs torch where that is possible; undefined when it is there, else why it is not. */
export function ensureTorch(): string | undefined {
	if (hasTorch()) {
		return undefined;
	}
	if (os.userInfo().uid === 0 && spawnSync('apt-get', ['--version']).status === 0) {
		console.log(`installing ${PACKAGES.join(' and ')}`);
		const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, stdio: 'ignore' } as const;
		spawnSync('apt-get', ['update'], options);
		spawnSync('apt-get', ['install', '--yes', '--no-install-recommends', ...PACKAGES], options);
	}
	return hasTorch()
		? undefined
		: `${PYTHON} has no torch, so nothing was compared: install the packages ${PACKAGES.join(' and ')} of Debian.`;
}

function hasTorch(): boolean {
	return spawnSync(PYTHON, ['-c', 'import torch'], { stdio: 'ignore' }).status === 0;
}

/** The BLAS that torch calls: with the reference one it would be ten times slower. */
function blasLibrary(): string {
	const code =
		'import torch; print([line.split()[-1] for line in open("/proc/self/maps") if "blas" in line][0])';
	const file = execFileSync(PYTHON, ['-c', code], { encoding: 'utf8' }).trim();
	return path.basename(path.dirname(file));
}

/** @param steps that are timed, after one that is not. */
export function runPeer(task: PeerTask, precision: Precision, threads: PeerThreads, steps: number): PeerRun {
	const { shape } = task;
	const words = Object.entries({
		layers: shape.layers,
		width: shape.width,
		heads: shape.heads,
		'key-value-heads': shape.keyValueHeads,
		'feed-forward': shape.feedForward,
		vocabulary: shape.vocabulary,
		rank: task.rank,
		length: task.length,
		sequences: task.sequences,
		dtype: precision,
		threads: threads.torch,
		steps,
	}).flatMap(([name, value]) => [`--${name}`, String(value)]);
	const environment = { OMP_NUM_THREADS: String(threads.torch), OPENBLAS_NUM_THREADS: String(threads.blas) };
	return measureApart(PYTHON, [SCRIPT, ...words], environment, isPeerRun);
}

/** A peer that is measured with the threads that suit it. */
export interface Peer {
	readonly precision: Precision;
	readonly threads: PeerThreads;
	/** Of the step by which the threads were chosen. */
	readonly first: PeerRun;
}

/**
 * Finds the fastest way to use so many threads, by one step each. Two pools that spin get into each other's way, so
 * that all threads for both is not always best.
 */
export function fittedPeer(task: PeerTask, precision: Precision, threads: number): Peer {
	const all: PeerThreads = { torch: threads, blas: threads };
	const others: readonly PeerThreads[] = [
		{ torch: 1, blas: threads },
		{ torch: threads, blas: 1 },
	];
	const tried = (candidate: PeerThreads): Peer => ({
		precision,
		threads: candidate,
		first: runPeer(task, precision, candidate, 1),
	});
	const time = ({ first }: Peer) => median(first.milliseconds) ?? Number.POSITIVE_INFINITY;
	return (threads === 1 ? [] : others)
		.map(tried)
		.reduce((best, other) => (time(other) < time(best) ? other : best), tried(all));
}

/** For the notes of a report. */
export function describePeer({ precision, threads, first }: Peer): string {
	return `torch ${first.version} ${precision}: ${threads.torch} threads of its own, ${threads.blas} of ${blasLibrary()}`;
}
