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
	const { model, roles } = state;
	const uses: readonly Role[] = [
		...(roles.completion === one.path ? ['completion' as const] : []),
		...((roles.chat ?? roles.completion) === one.path ? ['chat' as const] : []),
		...(roles.embedding === one.path ? ['embedding' as const] : []),
	];
	const isMain = roles.completion === one.path;
	const loaded = model.type === 'ready' && model.model.path === one.file ? model.model : undefined;
	const quantisation = loaded?.quantisation ?? quantisationOf(path.basename(one.file));
	const facts = [
		formatBytes(one.bytes),
		...(quantisation === undefined || one.name.includes(quantisation) ? [] : [quantisation]),
		...(one.licence === undefined ? [] : [one.licence]),
	];
	const description = [
		...(uses.length === 0 ? [] : [translate('for {0}', roleNames(uses, translate))]),
		...stateWords(isMain, model, translate),
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
			...(isMain && model.type === 'failed' ? [model.problem.message] : []),
		],
		icon: installedIcon(loaded !== undefined, isMain, uses.length > 0, model),
		isGood: loaded !== undefined,
		acts: installedActs(one, uses, isMain, loaded !== undefined, state),
		target: { type: 'model', path: one.path, file: one.file, stored: one.stored },
		children: [
			...(loaded === undefined ? [] : loadedFacts(loaded, translate)),
			...benchmarkFact(one, state, translate),
			...(loaded === undefined
				? []
				: state.adapters
						.filter(({ problem }) => problem === undefined)
						.map((adapter) => adapterRow(adapter, translate))),
		],
	};
}

function roleNames(roles: readonly Role[], translate: Translate): string {
	const names = {
		completion: translate('completion'),
		chat: translate('chat'),
		embedding: translate('search by meaning'),
	};
	return roles.map((role) => names[role]).join(', ');
}

function stateWords(isMain: boolean, model: ModelState, translate: Translate): readonly string[] {
	switch (isMain ? model.type : 'ready') {
		case 'starting':
			return [translate('starting')];
		case 'loading':
			return model.type === 'loading' ? [translate('loading {0} %', Math.round(model.progress * 100))] : [];
		case 'failed':
			return [translate('cannot be used')];
		case 'none':
			return [translate('not loaded')];
		case 'ready':
			return [];
	}
}

function installedIcon(isLoaded: boolean, isMain: boolean, isUsed: boolean, model: ModelState): string {
	if (isMain && (model.type === 'starting' || model.type === 'loading')) {
		return 'loading~spin';
	}
	if (isMain && model.type === 'failed') {
		return 'warning';
	}
	return isLoaded ? 'pass-filled' : isUsed ? 'pass' : 'file-binary';
}

function installedActs(
	{ roles: can, stored, path: file }: Installed,
	uses: readonly Role[],
	isMain: boolean,
	isLoaded: boolean,
	{ model, roles }: TreeState,
): readonly Act[] {
	const isUnderWay = model.type === 'starting' || model.type === 'loading';
	return [
		...(can.includes('completion') && !isMain ? ['completion' as const] : []),
		...(roles.chat !== undefined && can.includes('chat') && !uses.includes('chat') && (isMain || file !== '')
			? ['chat' as const]
			: []),
		...(can.includes('embedding') && !uses.includes('embedding') ? ['search' as const] : []),
		...(isMain && !isLoaded && !isUnderWay ? ['load' as const] : []),
		...(isMain && (isLoaded || isUnderWay) ? ['unload' as const] : []),
		...(isLoaded ? ['benchmark' as const, 'diagnostics' as const] : []),
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
				'fact:memory',
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
			'fact:speed',
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
