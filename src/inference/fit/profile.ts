/** What models did on this machine, kept from load to load: from it follows what others will do. */

import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { readJson } from '../jsonFile';
import type { Backend } from '../model';
import { writeWhole } from '../wholeFile';
import {
	boolean,
	type Check,
	count,
	list,
	literal,
	number,
	object,
	optional,
	shortString,
} from '../wire/shapes';
import type { ModelShape } from './shape';
import { type Measured, type Speed, speedFrom } from './speed';

/** What computes. Another device, another version: what was measured before says nothing any more. */
export interface Device {
	readonly backend: Exclude<Backend, 'auto'>;
	readonly devices: readonly string[];
	readonly engineVersion: string;
	/** The processor's name, and its cores. */
	readonly processor: string;
	readonly cores: number;
}

/** How a model is run here, and how fast it is then: measuring it takes longer than loading it. */
export interface KeptSpeed {
	/** What was measured: the file as it was, and how it lay in memory. */
	readonly key: string;
	/** Milliseconds since 1970. */
	readonly at: number;
	readonly calibration: {
		readonly threads: { readonly prefill: number; readonly decode: number };
		readonly prefillTokens: number;
		readonly prefillTokensPerSecond: number;
		readonly decodeTokensPerSecond: number;
		readonly chunk: number;
	};
	readonly writeMilliseconds: number;
}

/** One load of one model that was measured. */
export interface Run {
	/** Absolute path. */
	readonly path: string;
	readonly fileBytes: number;
	readonly measured: Measured;
	/** Undefined where the next load shall measure again. */
	readonly speed?: KeptSpeed | undefined;
}

export interface MachineProfile extends Device {
	/** Bytes of the GPU: all, and those that were free or the model's own at the last load; undefined without one. */
	readonly video: { readonly total: number; readonly free: number } | undefined;
	/** The newest first; of each model the last three. */
	readonly runs: readonly Run[];
}

interface Profiles {
	readonly version: number;
	/** The newest first. */
	readonly machines: readonly MachineProfile[];
}

const VERSION = 1;
const FILE = 'machine.json';
/** Milliseconds: a week. Drivers, the system and what else runs here change. */
const SPEED_HOLDS = 7 * 24 * 3_600_000;
const MOST_MACHINES = 4;
const MOST_RUNS = 24;
const RUNS_OF_A_MODEL = 3;
/** A model tells of its bytes and multiplications where it has at least this share of those of the other. */
const LEAST_SHARE = 1 / 10;

const shape: Check<ModelShape> = object<ModelShape>({
	layers: count,
	width: number,
	heads: number,
	cacheLength: number,
	queryLength: number,
	vocabulary: number,
	layerBytes: number,
	embeddingBytes: number,
	outputBytes: number,
	isTied: boolean,
	readBytes: number,
	readWeights: number,
	kind: literal('quantised', 'float'),
	trainedContext: optional(number),
});
const keptSpeed = object<KeptSpeed>({
	key: shortString,
	at: number,
	calibration: object<KeptSpeed['calibration']>({
		threads: object({ prefill: count, decode: count }),
		prefillTokens: count,
		prefillTokensPerSecond: number,
		decodeTokensPerSecond: number,
		chunk: count,
	}),
	writeMilliseconds: number,
});
const run: Check<Run> = object<Run>({
	path: shortString,
	fileBytes: number,
	measured: object<Measured>({ shape, batch: count, readMilliseconds: number, writeMilliseconds: number }),
	speed: optional(keptSpeed),
});
const profiles: Check<Profiles> = object<Profiles>({
	version: count,
	machines: list(
		object<MachineProfile>({
			backend: literal('cpu', 'cuda', 'vulkan', 'metal'),
			devices: list(shortString),
			engineVersion: shortString,
			processor: shortString,
			cores: count,
			video: optional(object({ total: number, free: number })),
			runs: list(run, MOST_RUNS),
		}),
		MOST_MACHINES,
	),
});

/** The newest first; none where nothing ran, or what was kept cannot be read. */
export async function readProfiles(cacheFolder: string): Promise<readonly MachineProfile[]> {
	const kept = await readJson(path.join(cacheFolder, FILE), profiles);
	return kept?.version === VERSION ? kept.machines : [];
}

/**
 * What was measured of a model on this device, by `KeptSpeed.key`; undefined where that was not, or more than a week ago.
 * @param now milliseconds since 1970.
 */
export async function readSpeed(
	cacheFolder: string,
	device: Device,
	key: string,
	now: number,
): Promise<KeptSpeed | undefined> {
	const machines = await readProfiles(cacheFolder);
	const speeds = machines.find((one) => isSameDevice(one, device))?.runs.map(({ speed }) => speed) ?? [];
	return speeds.find((speed) => speed?.key === key && Math.abs(now - speed.at) < SPEED_HOLDS);
}

/** Lets the next load of a model measure again. @throws as `rememberRun`. */
export async function forgetSpeeds(cacheFolder: string, modelPath: string): Promise<void> {
	const machines = await readProfiles(cacheFolder);
	const isKept = (one: Run) => one.path === modelPath && one.speed !== undefined;
	if (machines.some(({ runs }) => runs.some(isKept))) {
		const without = (one: Run) => (isKept(one) ? { ...one, speed: undefined } : one);
		await writeProfiles(
			cacheFolder,
			machines.map((machine) => ({ ...machine, runs: machine.runs.map(without) })),
		);
	}
}

/**
 * @param newest undefined where nothing was measured at this load.
 * @throws the error of a disk that cannot be written.
 */
export async function rememberRun(
	cacheFolder: string,
	device: Device,
	video: MachineProfile['video'],
	newest: Run | undefined,
): Promise<void> {
	const machines = await readProfiles(cacheFolder);
	const before = machines.find((one) => isSameDevice(one, device));
	const profile = withRun(before, device, video, newest);
	const others = machines.filter((one) => one !== before);
	await writeProfiles(cacheFolder, [profile, ...others].slice(0, MOST_MACHINES));
}

async function writeProfiles(cacheFolder: string, machines: readonly MachineProfile[]): Promise<void> {
	const kept: Profiles = { version: VERSION, machines };
	await fs.mkdir(cacheFolder, { recursive: true, mode: 0o700 });
	await writeWhole(path.join(cacheFolder, FILE), JSON.stringify(kept));
}

function withRun(
	before: MachineProfile | undefined,
	{ backend, devices, engineVersion, processor, cores }: Device,
	video: MachineProfile['video'],
	newest: Run | undefined,
): MachineProfile {
	const earlier = before?.runs ?? [];
	const isSame = (one: Run) => newest !== undefined && isSameModel(one, newest);
	const same = earlier.filter(isSame).slice(0, RUNS_OF_A_MODEL - 1);
	const others = earlier.filter((one) => !isSame(one));
	const newer = newest === undefined ? [] : [newest];
	return {
		backend,
		devices,
		engineVersion,
		processor,
		cores,
		video,
		runs: [...newer, ...same, ...others].slice(0, MOST_RUNS),
	};
}

/** How fast this machine is; undefined where nothing ran on it. */
export function speedOf(profile: Pick<MachineProfile, 'backend' | 'runs'>): Speed | undefined {
	const models = modelsOf(profile);
	return models.length === 0
		? undefined
		: speedFrom(models.map(usualRun), profile.backend === 'cpu' ? 'cpu' : 'gpu');
}

/** Whether only much smaller models ran here: what is expected of this one is a rough guess then. */
export function isRough({ runs }: Pick<MachineProfile, 'runs'>, { readBytes, kind }: ModelShape): boolean {
	return !runs.some(
		({ measured }) => measured.shape.kind === kind && measured.shape.readBytes >= readBytes * LEAST_SHARE,
	);
}

/** Of the loads of one model the one in the middle: other programs disturb now and then. */
function usualRun(runs: readonly Run[]): Measured {
	const middle = (values: readonly number[]) =>
		[...values].sort((one, other) => one - other)[Math.floor((values.length - 1) / 2)] ?? 0;
	const perToken = middle(runs.map(({ measured }) => measured.readMilliseconds / measured.batch));
	const [newest] = runs;
	if (newest === undefined) {
		throw new Error('A model without runs has no speed.');
	}
	const { batch } = newest.measured;
	return {
		...newest.measured,
		readMilliseconds: perToken * batch,
		writeMilliseconds: middle(runs.map(({ measured }) => measured.writeMilliseconds)),
	};
}

function modelsOf({ runs }: Pick<MachineProfile, 'runs'>): readonly (readonly Run[])[] {
	const models: Run[][] = [];
	for (const run of runs) {
		const known = models.find(([first]) => first !== undefined && isSameModel(first, run));
		if (known === undefined) {
			models.push([run]);
		} else {
			known.push(run);
		}
	}
	return models;
}

function isSameModel(one: Run, other: Run): boolean {
	return one.path === other.path && one.fileBytes === other.fileBytes;
}

function isSameDevice(one: Device, other: Device): boolean {
	return (
		one.backend === other.backend &&
		one.devices.join() === other.devices.join() &&
		one.engineVersion === other.engineVersion &&
		one.processor === other.processor &&
		one.cores === other.cores
	);
}
