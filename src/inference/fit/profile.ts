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

/** One load of one model. */
export interface Run {
	/** Absolute path. */
	readonly path: string;
	readonly fileBytes: number;
	readonly measured: Measured;
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
const run: Check<Run> = object<Run>({
	path: shortString,
	fileBytes: number,
	measured: object<Measured>({ shape, batch: count, readMilliseconds: number, writeMilliseconds: number }),
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

/** @throws the error of a disk that cannot be written. */
export async function rememberRun(
	cacheFolder: string,
	device: Device,
	video: MachineProfile['video'],
	newest: Run,
): Promise<void> {
	const machines = await readProfiles(cacheFolder);
	const before = machines.find((one) => isSameDevice(one, device));
	const profile = withRun(before, device, video, newest);
	const others = machines.filter((one) => one !== before);
	const kept: Profiles = { version: VERSION, machines: [profile, ...others].slice(0, MOST_MACHINES) };
	await fs.mkdir(cacheFolder, { recursive: true, mode: 0o700 });
	await writeWhole(path.join(cacheFolder, FILE), JSON.stringify(kept));
}

export function withRun(
	before: MachineProfile | undefined,
	{ backend, devices, engineVersion, processor, cores }: Device,
	video: MachineProfile['video'],
	newest: Run,
): MachineProfile {
	const earlier = before?.runs ?? [];
	const same = earlier.filter((one) => isSameModel(one, newest)).slice(0, RUNS_OF_A_MODEL - 1);
	const others = earlier.filter((one) => !isSameModel(one, newest));
	return {
		backend,
		devices,
		engineVersion,
		processor,
		cores,
		video,
		runs: [newest, ...same, ...others].slice(0, MOST_RUNS),
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

export function isSameDevice(one: Device, other: Device): boolean {
	return (
		one.backend === other.backend &&
		one.devices.join() === other.devices.join() &&
		one.engineVersion === other.engineVersion &&
		one.processor === other.processor &&
		one.cores === other.cores
	);
}
