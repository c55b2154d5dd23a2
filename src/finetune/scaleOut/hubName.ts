/** Which model of Hugging Face a GGUF was made of, as far as its metadata tell: a proposal, for nobody can be sure. */

import type { GgufValue } from '../../inference/gguf/gguf';

type Metadata = ReadonlyMap<string, GgufValue>;

/** `owner/name`; undefined where nothing tells. */
export function proposedHub(metadata: Metadata): string | undefined {
	const text = (key: string) => {
		const entry = metadata.get(key);
		return entry?.type === 'string' && entry.value !== '' ? entry.value : undefined;
	};
	const source =
		text('general.source.huggingface.repository') ??
		repositoryIn(text('general.source.repo_url')) ??
		repositoryIn(text('general.source.url'));
	if (source !== undefined && isHub(source)) {
		return source;
	}
	const parent =
		repositoryIn(text('general.base_model.0.repo_url')) ??
		joined(text('general.base_model.0.organization'), text('general.base_model.0.name'));
	if (parent === undefined) {
		return joined(text('general.organization'), text('general.name'));
	}
	// What a chat model's page calls its base is the parent. The model itself has another name, mostly of the same owner.
	const name = text('general.name');
	const isItself =
		name === undefined || plain(name) === plain(parent.slice(parent.indexOf('/') + 1)) || !isTuned(text);
	return isItself ? parent : joined(parent.slice(0, parent.indexOf('/')), name);
}

/** A folder of the other machine, or `owner/name`. No trainer there knows `~`. */
export function isHub(text: string): boolean {
	return /^[\w.-]+\/[\w.-]+$/.test(text) || /^(?:\/|\.{1,2}\/)[\w./ ~+-]+$/.test(text);
}

function isTuned(text: (key: string) => string | undefined): boolean {
	return text('general.finetune') !== undefined;
}

function repositoryIn(address: string | undefined): string | undefined {
	return /^https:\/\/huggingface\.co\/([\w.-]+\/[\w.-]+?)\/?$/.exec(address ?? '')?.[1];
}

function joined(owner: string | undefined, name: string | undefined): string | undefined {
	const both = owner === undefined || name === undefined ? undefined : `${dashed(owner)}/${dashed(name)}`;
	return both !== undefined && isHub(both) ? both : undefined;
}

function dashed(text: string): string {
	return text.trim().replace(/\s+/g, '-');
}

function plain(text: string): string {
	return text.toLowerCase().replace(/[^a-z0-9]/g, '');
}
