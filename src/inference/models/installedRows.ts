/** The models on this machine as rows of the models view: what each is used for, what is known of it, and its adapters. */

import * as path from 'node:path';
import type { ModelDescription, ModelState } from '../model';
import { formatBytes, formatDevice, formatParameters, type Translate } from '../statusText';
import { adapterRow } from './adapterRow';
import type { Benchmark } from './benchmark';
import { modelKey, type Role, type StoredModel } from './library';
import { type Act, plainRow, type TreeRow, type TreeState } from './treeRow';
import { quantisationOf } from './variants';

interface Installed {
	readonly path: string;
	readonly file: string;
	readonly name: string;
	readonly bytes: number;
	readonly origin: string;
	readonly licence: string | undefined;
	readonly roles: readonly Role[];
	readonly stored: StoredModel | undefined;
}

const GENERATOR: readonly Role[] = ['completion', 'chat'];

export function installedRows(state: TreeState, translate: Translate): readonly TreeRow[] {
	return installedModels(state, translate).map((one) => installedRow(one, state, translate));
}

function installedModels(
	{ offer, elsewhere, starter }: TreeState,
	translate: Translate,
): readonly Installed[] {
	const here = offer.stored.filter(
		({ isComplete, record }) => isComplete && !offer.running.has(modelKey(record)),
	);
	return [
		{
			path: '',
			file: starter.path,
			name: translate('Starter model'),
			bytes: starter.bytes,
			origin: translate('ships with Familiar: small, weak, always there'),
			licence: undefined,
			roles: GENERATOR,
			stored: undefined,
		},
		...here.map((stored) => ({
			path: stored.path,
			file: stored.path,
			name: stored.record.name,
			bytes: stored.bytes,
			origin: stored.record.origin,
			licence: stored.record.licence,
			roles: stored.record.roles,
			stored,
		})),
		...elsewhere.map((one) => ({
			path: one.path,
			file: one.path,
			name: path.basename(one.path),
			bytes: one.bytes,
			origin: path.dirname(one.path),
			licence: undefined,
			roles: GENERATOR,
			stored: undefined,
		})),
	];
}

function installedRow(one: Installed, state: TreeState, translate: Translate): TreeRow {
	const { roles } = state;
	const uses: readonly Role[] = [
		...(roles.completion === one.path ? ['completion' as const] : []),
		...((roles.chat ?? roles.completion) === one.path ? ['chat' as const] : []),
		...(roles.embedding === one.path ? ['embedding' as const] : []),
	];
	const place = placeOf(uses, state);
	const now = place?.state;
	const isMain = place?.role === 'completion';
	const loaded = now?.type === 'ready' && now.model.path === one.file ? now.model : undefined;
	const isInMemory = now?.type === 'ready' && loaded !== undefined && now.residence === undefined;
	const quantisation = loaded?.quantisation ?? quantisationOf(path.basename(one.file));
	const facts = [
		formatBytes(one.bytes),
		...(quantisation === undefined || one.name.includes(quantisation) ? [] : [quantisation]),
		...(one.licence === undefined ? [] : [one.licence]),
	];
	const description = [
		...(uses.length === 0 ? [] : [translate('for {0}', roleNames(uses, translate))]),
		...stateWords(now, translate),
		...facts,
	].join(' · ');
	return {
		// VS Code keeps what is folded by this: with what is below it, a loaded one is another row.
		id: `${loaded === undefined ? 'model' : 'loaded'}:${one.file}`,
		label: one.name,
		description,
		tooltip: [
			one.name,
			description,
			translate('Can be used for: {0}', roleNames(one.roles, translate)),
			...(loaded === undefined
				? []
				: [
						translate(
							'{0}, {1} parameters, {2}',
							loaded.architecture,
							formatParameters(loaded.parameters),
							loaded.quantisation,
						),
					]),
			one.origin,
			one.file,
			...placeLines(now, translate),
		],
		icon: installedIcon(isInMemory, now),
		isGood: isInMemory,
		acts: installedActs(one, uses, place, loaded !== undefined, state),
		target: { type: 'model', path: one.path, file: one.file, role: place?.role, stored: one.stored },
		children: [
			...(loaded === undefined ? [] : loadedFacts(loaded, translate)),
			...benchmarkFact(one, state, translate),
			...(loaded === undefined || !isMain
				? []
				: state.adapters
						.filter(({ problem }) => problem === undefined)
						.map((adapter) => adapterRow(adapter, translate))),
		],
	};
}

/** The most important role that a model plays, and how it is with it there. */
interface Place {
	readonly role: Role;
	readonly state: ModelState;
}

/** Undefined for a model that is not in use. */
function placeOf(uses: readonly Role[], { model, chatModel, searchModel }: TreeState): Place | undefined {
	return uses.includes('completion')
		? { role: 'completion', state: model }
		: uses.includes('chat')
			? { role: 'chat', state: chatModel ?? { type: 'none' } }
			: uses.includes('embedding')
				? { role: 'embedding', state: searchModel ?? { type: 'none' } }
				: undefined;
}

function roleNames(roles: readonly Role[], translate: Translate): string {
	const names = {
		completion: translate('completion'),
		chat: translate('chat'),
		embedding: translate('search by meaning'),
	};
	return roles.map((role) => names[role]).join(', ');
}

function stateWords(state: ModelState | undefined, translate: Translate): readonly string[] {
	switch (state?.type) {
		case 'starting':
			return [translate('starting')];
		case 'loading':
			return [translate('loading {0} %', Math.round(state.progress * 100))];
		case 'failed':
			return [translate('cannot be used')];
		case 'none':
			return [translate('not loaded')];
		case 'ready':
			return state.residence === undefined
				? []
				: [
						state.residence === 'reloading'
							? translate('comes back into memory')
							: translate('not in memory'),
					];
		default:
			return [];
	}
}

/** What more is to be said of it. */
function placeLines(state: ModelState | undefined, translate: Translate): readonly string[] {
	return state?.type === 'failed'
		? [state.problem.message]
		: state?.type === 'ready' && state.displacedBy !== undefined
			? [
					translate(
						'It made room for {0}, and comes back for the next request.',
						path.basename(state.displacedBy),
					),
				]
			: [];
}

function installedIcon(isInMemory: boolean, state: ModelState | undefined): string {
	switch (state?.type) {
		case undefined:
			return 'file-binary';
		case 'starting':
		case 'loading':
			return 'loading~spin';
		case 'failed':
			return 'warning';
		case 'ready':
			return state.residence === 'reloading' ? 'loading~spin' : isInMemory ? 'pass-filled' : 'pass';
		default:
			return 'pass';
	}
}

function installedActs(
	{ roles: can, stored, path: file }: Installed,
	uses: readonly Role[],
	place: Place | undefined,
	isLoaded: boolean,
	{ roles }: TreeState,
): readonly Act[] {
	const isMain = place?.role === 'completion';
	const isUnderWay = place?.state.type === 'starting' || place?.state.type === 'loading';
	const takes = isLoaded || isUnderWay;
	return [
		...(can.includes('completion') && !isMain ? ['completion' as const] : []),
		...(roles.chat !== undefined && can.includes('chat') && !uses.includes('chat') && (isMain || file !== '')
			? ['chat' as const]
			: []),
		...(can.includes('embedding') && !uses.includes('embedding') ? ['search' as const] : []),
		...(place === undefined ? [] : [takes ? ('unload' as const) : ('load' as const)]),
		...(uses.includes('embedding') || place?.role === 'chat' ? ['stop' as const] : []),
		...(isLoaded ? ['benchmark' as const] : []),
		...(isLoaded && isMain ? ['diagnostics' as const] : []),
		'reveal',
		...(stored === undefined ? [] : ['delete' as const]),
	];
}

/** What is known of a model only while it is loaded. */
function loadedFacts(model: ModelDescription, translate: Translate): readonly TreeRow[] {
	const { backend, memory } = model;
	return [
		{
			...plainRow(
				`memory:${model.path}`,
				translate(
					'{0}, {1} of memory',
					backend.toUpperCase(),
					formatBytes(backend === 'cpu' ? memory.host : memory.gpu),
				),
				model.fallbackReason === undefined ? 'server-process' : 'info',
				translate('{0} tokens of context', model.contextSize.toLocaleString('en')),
			),
			tooltip: [
				translate('Runs on {0}', formatDevice(model, translate)),
				...(model.fallbackReason === undefined ? [] : [model.fallbackReason]),
			],
		},
		plainRow(
			`speed:${model.path}`,
			translate(
				'Reads {0}, writes {1} tokens/s',
				whole(model.prefillTokensPerSecond),
				whole(model.decodeTokensPerSecond),
			),
			'dashboard',
			translate('measured when it was loaded'),
		),
	];
}

function benchmarkFact(
	{ file, bytes }: Installed,
	{ benchmarkOf, dateOf }: TreeState,
	translate: Translate,
): readonly TreeRow[] {
	const found = benchmarkOf(file);
	return found === undefined || found.bytes !== bytes
		? []
		: [
				plainRow(
					`benchmark:${file}`,
					benchmarkText(found, translate),
					'graph',
					`${found.backend.toUpperCase()} · ${dateOf(found.at)}`,
				),
			];
}

/** For example `Benchmark: reads 3,012, writes 210 tokens a second`. */
export function benchmarkText(
	{ readPerSecond, writtenPerSecond }: Pick<Benchmark, 'readPerSecond' | 'writtenPerSecond'>,
	translate: Translate,
): string {
	return writtenPerSecond === undefined
		? translate('Benchmark: reads {0} tokens/s', whole(readPerSecond))
		: translate('Benchmark: reads {0}, writes {1} tokens/s', whole(readPerSecond), whole(writtenPerSecond));
}

function whole(value: number): string {
	return (value < 10 ? Math.round(value * 10) / 10 : Math.round(value)).toLocaleString('en');
}
