/** The doctor's visit: gathers facts from disk, processes and the model, and has every check judge them. */

import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Settings } from '../../manifest';
import { packsFolder } from '../acceleration/packsFolder';
import type { Backend, Model } from '../model';
import { modelFileFacts, resolveModelFile } from '../modelFile';
import type { RemoteUse } from '../remoteRoles';
import type { Translate } from '../statusText';
import { accelerationFinding } from './accelerationCheck';
import { adaptersFinding } from './adapterChecks';
import type { Check, Finding } from './check';
import { contentFindings } from './contentChecks';
import {
	type EnvironmentFacts,
	editorFinding,
	gitFinding,
	nodeFinding,
	workspaceFinding,
} from './environmentChecks';
import { programVersion, writableFolder } from './facts';
import { answerFinding, hostFinding, idleHostFinding } from './hostChecks';
import { diskFinding, memoryFinding } from './machineChecks';
import { fileFinding, modelFindings } from './modelChecks';
import { nativeFindings } from './nativeChecks';
import { probe } from './nativeProbe';
import { type Report, report } from './report';
import { runChecks } from './runner';
import { serverFinding } from './serverChecks';
import { type SilenceFacts, silenceFindings } from './silenceChecks';
import { trial } from './trial';
import { completionFinding, reuseFinding } from './trialChecks';

export interface Patient {
	readonly environment: EnvironmentFacts;
	readonly silence: SilenceFacts;
	readonly model: Pick<Model, 'state' | 'fill' | 'tokenize'>;
	/** The one of this machine. Default: the model. */
	readonly local?: Pick<Model, 'state'>;
	/** Where code goes. Default: it stays here. */
	readonly remote?: RemoteUse | undefined;
	readonly hostPid: number | undefined;
	readonly recentCrashes: number;
	/** As of `HostFacts`. */
	readonly waitsFor?: string | undefined;
	readonly settings: Settings;
	/** Absolute path of the model that ships with the extension. */
	readonly starterPath: string;
	/** Absolute path of the folder for everything Familiar keeps. */
	readonly storage: string;
	/** Absolute path of probe.mjs. */
	readonly probeFile: string;
	readonly gitPath: string;
	readonly adapters: readonly { readonly name: string; readonly path: string }[];
	readonly translate: Translate;
}

/** Milliseconds: a cold disk and a slow model have time; what takes longer hangs. */
const LIMITS = { program: 10_000, native: 30_000, completion: 60_000, contents: 300_000 } as const;

/**
 * @param onStart called before each check, with its share of the whole, 0 to 1.
 * @throws an AbortError when the signal fires.
 */
export async function checkup(
	patient: Patient,
	onStart: (name: string, share: number) => void,
	signal: AbortSignal,
): Promise<Report> {
	const { translate } = patient;
	const checks = checksFor(patient);
	const findings = await runChecks(
		checks,
		{ translate, onStart: (check, index) => onStart(check.name, index / checks.length) },
		signal,
	);
	return report(findings, { homeFolder: os.homedir(), translate });
}

export function checksFor(patient: Patient): readonly Check[] {
	const { translate, environment, settings, model, local = model, remote } = patient;
	const nodePath = settings.nodePath === '' ? undefined : settings.nodePath;
	return [
		plain(translate('Editor'), () => [editorFinding(environment, translate)]),
		plain(translate('Workspace'), () => [workspaceFinding(environment, translate)]),
		{
			name: 'Node.js',
			limit: LIMITS.program,
			run: async (signal) => {
				const answer = await programVersion(nodePath ?? process.execPath, signal);
				return [nodeFinding(answer, nodePath !== undefined, translate)];
			},
		},
		plain(translate('Model process'), () => [
			local.state.type === 'none' && remote !== undefined
				? idleHostFinding(remote.host, translate)
				: hostFinding(
						{
							state: local.state,
							pid: patient.hostPid,
							recentCrashes: patient.recentCrashes,
							waitsFor: patient.waitsFor,
						},
						translate,
					),
		]),
		...(remote === undefined ? [] : [plain(translate('Server'), () => [serverFinding(remote, translate)])]),
		{
			name: translate('Model file'),
			run: async () => {
				const resolved = await resolveModelFile(settings.modelPath, patient.starterPath);
				const facts = resolved.type === 'file' ? await modelFileFacts(resolved.path) : undefined;
				return [fileFinding(resolved, facts, translate)];
			},
		},
		{
			name: translate('Contents of the model file'),
			limit: LIMITS.contents,
			run: async (signal) => {
				const resolved = await resolveModelFile(settings.modelPath, patient.starterPath);
				const folder = path.join(patient.storage, 'models');
				return resolved.type === 'file' ? contentFindings(resolved.path, folder, translate, signal) : [];
			},
		},
		plain(translate('Model'), () => modelFindings(model.state, settings.completion.leftToRight, translate)),
		...answerChecks(patient),
		{
			name: translate('Native libraries'),
			limit: LIMITS.native,
			run: async (signal) => {
				const { probeFile, storage } = patient;
				const result = await probe({ probeFile, nodePath, packsFolder: packsFolder(storage) }, signal);
				return nativeFindings(result, local.state, backendOf(patient), translate);
			},
		},
		plain(translate('Acceleration'), () => [accelerationFinding(model.state, translate)]),
		{ name: translate('Memory'), run: () => memory(patient) },
		{
			name: translate('Disk'),
			run: async () => [diskFinding(await writableFolder(patient.storage), translate)],
		},
		{
			name: 'Git',
			limit: LIMITS.program,
			run: async (signal) => {
				const answer = environment.isTrusted
					? await programVersion(patient.gitPath, signal)
					: { type: 'failed' as const, reason: '' };
				return [gitFinding(answer, environment.isTrusted, translate)];
			},
		},
		{ name: translate('Adapters'), run: () => adapters(patient) },
		plain(translate('Completions'), () => silenceFindings(patient.silence, translate)),
	];
}

function plain(name: string, judge: () => readonly Finding[]): Check {
	return { name, run: async () => judge() };
}

/** Those that ask the model; none while there is nobody to be asked. */
function answerChecks({ model, settings, translate }: Patient): readonly Check[] {
	const { state } = model;
	if (state.type !== 'ready') {
		return [];
	}
	const { leftToRight } = settings.completion;
	// A server is asked for one completion: what it keeps from one to the next is its own business.
	const isServed = state.model.server !== undefined;
	const answers: Check = {
		name: translate('Its answers'),
		run: async (signal) => {
			const started = performance.now();
			const answer = await model.tokenize('doctor', signal);
			return [answerFinding(answer, performance.now() - started, translate)];
		},
	};
	const completion: Check = {
		name: translate('A completion'),
		limit: LIMITS.completion,
		run: async (signal) => {
			const first = await trial(model, '', leftToRight, signal);
			const found = completionFinding(first, state.model, translate);
			if (first.type === 'unsupported' || isServed) {
				return [found];
			}
			const second = await trial(model, 'l', leftToRight, signal);
			return second.type === 'unsupported' ? [found] : [found, reuseFinding(second.trial, translate)];
		},
	};
	const fills = state.model.fill.type === 'fill' || leftToRight;
	return [...(isServed ? [] : [answers]), ...(fills ? [completion] : [])];
}

function backendOf({ settings }: Patient): Backend {
	return settings.backend;
}

async function memory({
	model,
	local = model,
	settings,
	starterPath,
	translate,
}: Patient): Promise<readonly Finding[]> {
	const resolved = await resolveModelFile(settings.modelPath, starterPath);
	const file = resolved.type === 'file' ? await modelFileFacts(resolved.path) : undefined;
	return [
		memoryFinding(
			{
				free: os.freemem(),
				total: os.totalmem(),
				state: local.state,
				fileBytes: file?.type === 'file' ? file.bytes : undefined,
			},
			translate,
		),
	];
}

async function adapters({ adapters, translate }: Patient): Promise<readonly Finding[]> {
	const facts = await Promise.all(
		adapters.map(async ({ name, path }) => ({
			name,
			isThere: await fs.access(path, fs.constants.R_OK).then(
				() => true,
				() => false,
			),
		})),
	);
	return [adaptersFinding(facts, translate)];
}
