/** What the models view shows, as pure data: what is here, what is on its way, what is recommended, and what can be done with it. */

import { formatBytes, formatParameters, type Translate } from '../statusText';
import { adapterRow } from './adapterRow';
import type { CatalogueEntry } from './catalogue';
import type { Running } from './fetching';
import { installedRows } from './installedRows';
import { modelKey, type StoredModel } from './library';
import { recommended } from './recommend';
import { fitText, formatTotal, groupsOf } from './rows';
import { fitOfEntry } from './storedFit';
import { plainRow, type TreeRow, type TreeState } from './treeRow';

/** The groups, without those that have nothing in them. */
export function treeRows(state: TreeState, translate: Translate): readonly TreeRow[] {
	const { stored, running } = state.offer;
	const isUnderWay = (model: StoredModel) => !model.isComplete || running.has(modelKey(model.record));
	const groups = [
		heading('installed', translate('Installed'), installedRows(state, translate)),
		heading(
			'downloading',
			translate('Downloading'),
			stored.filter(isUnderWay).map((model) => downloadRow(model, running, translate)),
		),
		heading('recommended', translate('Recommended for This Machine'), recommendedRows(state, translate)),
		heading(
			'adapters',
			translate('Adapters of Other Models'),
			state.adapters
				.filter(({ problem }) => problem !== undefined)
				.map((adapter) => adapterRow(adapter, translate)),
		),
	];
	return groups.filter(({ children }) => children.length > 0);
}

function heading(id: string, label: string, children: readonly TreeRow[]): TreeRow {
	return { ...plainRow(id, label, ''), target: { type: 'heading' }, children };
}

function downloadRow(
	stored: StoredModel,
	running: ReadonlyMap<string, Running>,
	translate: Translate,
): TreeRow {
	const { record, bytes, total } = stored;
	const key = modelKey(record);
	const now = running.get(key);
	const description =
		now === undefined
			? translate('{0} of {1}, interrupted', formatBytes(bytes), formatTotal(total))
			: now.text;
	return {
		id: `download:${key}`,
		label: record.name,
		description,
		tooltip: [record.name, description, record.origin],
		icon: now === undefined ? 'debug-pause' : 'sync~spin',
		isGood: false,
		acts: now === undefined ? ['resume', 'delete'] : ['cancel'],
		target: { type: 'download', key, stored },
		children: [],
	};
}

function recommendedRows({ offer }: TreeState, translate: Translate): readonly TreeRow[] {
	const { catalogue, machine, stored } = offer;
	const known = new Set(stored.map(({ record }) => record.origin));
	return groupsOf(catalogue, translate).flatMap(({ heading: what, entries }) => {
		const entry = recommended(entries, machine);
		// In a folder of its own, or another version: still the same model.
		return entry === undefined ||
			[...known].some((origin) => `${origin}/`.replace('@', '/').startsWith(`${entry.repository}/`))
			? []
			: [entryRow(entry, what, fitText(fitOfEntry(entry, machine), entry.roles, translate), translate)];
	});
}

function entryRow(entry: CatalogueEntry, what: string, fit: string, translate: Translate): TreeRow {
	const { name, parameters, context, licence, isTrainable, isVerified, repository, quantisation } = entry;
	const description = [
		what,
		fit,
		translate('{0} parameters', formatParameters(parameters)),
		licence.name,
		...(licence.isNonCommercial ? [translate('not for commercial use')] : []),
	].join(' · ');
	return {
		id: `entry:${repository}`,
		label: name,
		description,
		tooltip: [
			name,
			description,
			[
				quantisation,
				translate('{0} tokens of context', context.toLocaleString('en')),
				isTrainable ? translate('can be fine-tuned') : translate('cannot be fine-tuned'),
				...(isVerified ? [] : [translate('not verified by Familiar')]),
			].join(' · '),
			repository,
		],
		icon: 'cloud-download',
		isGood: false,
		acts: ['download', 'sizes'],
		target: { type: 'entry', entry },
		children: [],
	};
}
