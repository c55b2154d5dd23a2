/** What the list of models shows: what is here, what is recommended, what else there is, and where to get more. */

import * as path from 'node:path';
import type { Fit } from '../fit/fit';
import { describeFit, describeNeeds } from '../fit/sentence';
import { formatBytes, formatParameters, type Translate } from '../statusText';
import type { CatalogueEntry } from './catalogue';
import type { Row } from './dialogues';
import { modelKey, type Role, type StoredModel } from './library';
import { type Machine, recommended } from './recommend';
import { fitOfEntry, fitOfStored } from './storedFit';

export type Choice =
	/** Empty for the starter. */
	| { readonly type: 'file'; readonly path: string }
	| { readonly type: 'stored'; readonly model: StoredModel }
	/** `isOpen`: in the size that the user chooses, not in the best one. */
	| { readonly type: 'entry'; readonly entry: CatalogueEntry; readonly isOpen?: boolean }
	| { readonly type: 'browse' | 'search' | 'paste' | 'import-file' | 'import-folder' };

export interface Offer {
	readonly stored: readonly StoredModel[];
	/** Keys of those that this window downloads now. */
	readonly running: Pick<ReadonlySet<string>, 'has'>;
	/** Paths of models that were chosen before. */
	readonly recent: readonly string[];
	/** Paths of the models in use, empty for the starter. */
	readonly inUse: readonly string[];
	readonly catalogue: readonly CatalogueEntry[];
	readonly machine: Machine;
}

export function rowsOf(offer: Offer, translate: Translate): readonly Row<Choice>[] {
	const { catalogue, machine } = offer;
	const groups = groupsOf(catalogue, translate);
	const best = new Set(groups.map(({ entries }) => recommended(entries, machine)));
	const first = recommended(groups[0]?.entries ?? [], machine);
	return [
		...(first === undefined
			? []
			: [
					{
						heading: machine.hasGpu
							? translate('recommended for {0} of memory and a GPU', formatBytes(machine.memory))
							: translate('recommended for {0} of memory, without a GPU', formatBytes(machine.memory)),
					},
					entryRow(first, offer, true, translate),
				]),
		{ heading: translate('on this machine') },
		...hereRows(offer, translate),
		{ heading: translate('get another') },
		{
			label: translate('$(search) Search the Hugging Face Hub…'),
			value: { type: 'search' },
		},
		{ label: translate('$(link) Paste a link…'), value: { type: 'paste' } },
		{
			label: translate('$(file-add) Import a file…'),
			description: translate('a copy of it, in the folder of Familiar'),
			value: { type: 'import-file' },
		},
		{ label: translate('$(new-folder) Import a folder…'), value: { type: 'import-folder' } },
		...groups.flatMap(({ heading, entries }): Row<Choice>[] => [
			{ heading },
			...entries.map((entry) => entryRow(entry, offer, best.has(entry), translate)),
		]),
	];
}

/** By what they are for. */
export function groupsOf(
	catalogue: readonly CatalogueEntry[],
	translate: Translate,
): readonly { readonly heading: string; readonly entries: readonly CatalogueEntry[] }[] {
	const of = (...roles: readonly Role[]) => catalogue.filter((entry) => entry.roles.join() === roles.join());
	return [
		{ heading: translate('completion and chat'), entries: of('completion', 'chat') },
		{ heading: translate('completion only'), entries: of('completion') },
		{ heading: translate('chat only'), entries: of('chat') },
		{ heading: translate('search by meaning'), entries: of('embedding') },
	];
}

function entryRow(
	entry: CatalogueEntry,
	{ stored, machine }: Offer,
	isBest: boolean,
	translate: Translate,
): Row<Choice> {
	const { name, parameters, context, licence, isTrainable, isVerified, repository } = entry;
	const isHere = stored.some(({ record, isComplete }) => isComplete && record.origin === repository);
	return {
		label: `${isBest ? '$(star-full)' : '$(cloud-download)'} ${name}`,
		description: [
			translate('{0} parameters', formatParameters(parameters)),
			licence.name,
			...(licence.isNonCommercial ? [translate('not for commercial use')] : []),
			...(isHere ? [translate('downloaded')] : []),
		].join(' · '),
		detail: [
			fitText(fitOfEntry(entry, machine), entry.roles, translate),
			translate('{0} tokens of context', context.toLocaleString('en')),
			isTrainable ? translate('can be fine-tuned') : translate('cannot be fine-tuned'),
			...(isVerified ? [] : [translate('not verified by Familiar')]),
			repository,
		].join(' · '),
		value: { type: 'entry', entry },
		button: 'sizes',
	};
}

function hereRows(offer: Offer, translate: Translate): readonly Row<Choice>[] {
	const { stored, recent, inUse, running, catalogue, machine } = offer;
	const known = new Set(stored.map((model) => model.path));
	const use = (file: string) => (inUse.includes(file) ? [translate('in use')] : []);
	return [
		{
			label: translate('$(sparkle) Starter model'),
			description: [translate('ships with Familiar: small, weak, always there'), ...use('')].join(' · '),
			value: { type: 'file', path: '' },
		},
		...stored.map((model): Row<Choice> => {
			const { record, bytes, total, isComplete, path: file } = model;
			const state = running.has(modelKey(record))
				? [translate('is being downloaded')]
				: isComplete
					? [formatBytes(bytes), ...use(file)]
					: [translate('resume: {0} of {1} are here', formatBytes(bytes), formatTotal(total))];
			return {
				label: `${isComplete ? '$(file-binary)' : '$(debug-continue)'} ${record.name}`,
				description: [...state, ...(record.licence === undefined ? [] : [record.licence])].join(' · '),
				...(isComplete
					? { detail: fitText(fitOfStored(model, catalogue, machine), record.roles, translate) }
					: {}),
				value: { type: 'stored', model },
				button: 'delete',
			};
		}),
		...recent
			.filter((file) => !known.has(file))
			.map(
				(file): Row<Choice> => ({
					label: path.basename(file),
					description: [path.dirname(file), ...use(file)].join(' · '),
					value: { type: 'file', path: file },
				}),
			),
		{
			label: translate('$(folder-opened) Choose a GGUF file…'),
			description: translate('used where it lies'),
			value: { type: 'browse' },
		},
	];
}

/** Of a model for embeddings nobody waits for tokens. */
export function fitText(fit: Fit, roles: readonly Role[], translate: Translate): string {
	return roles.includes('embedding') ? describeNeeds(fit, translate) : describeFit(fit, translate);
}

/** `?` while it is not known. */
export function formatTotal(total: number | undefined): string {
	return total === undefined ? '?' : formatBytes(total);
}
