/** What a user should know of an imported adapter: whether it was trained on the model that it is for now. */

import type { AdapterFacts } from '../../inference/gguf/adapterKeys';

type BaseFacts = Pick<AdapterFacts, 'base' | 'baseName'>;

/**
 * Its matrices fit, but other weights may lie below them than those it was trained on.
 *
 * @param trained What the adapter says of its base; fields of others than ours may be missing.
 */
export function importNotes(trained: BaseFacts, loaded: BaseFacts): readonly string[] {
	const isSame =
		trained.base === undefined
			? trained.baseName === undefined || plainName(trained.baseName) === plainName(loaded.baseName)
			: trained.base === loaded.base;
	return isSame
		? []
		: [
				`It was trained on ${trained.baseName ?? 'another model'}, other weights than ${loaded.baseName}: it may help less.`,
			];
}

/** PEFT names a repository or a folder, GGUF the model: \`Qwen/Qwen2.5-Coder-0.5B\` is \`Qwen2.5 Coder 0.5B\`. */
function plainName(name: string | undefined): string {
	const last =
		(name ?? '')
			.split(/[\\/]/)
			.filter((part) => part !== '')
			.at(-1) ?? '';
	return last.toLowerCase().replace(/[^a-z0-9]+/g, '');
}
