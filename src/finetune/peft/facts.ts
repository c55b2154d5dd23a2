/** Our own keys of an adapter as the texts that files hold, and back. */

import { keepStart } from '../../inference/clip';
import { ADAPTER_KEYS, type AdapterFacts } from '../../inference/gguf/adapterKeys';
import { adapterRunOf } from '../../inference/wire/adapterShapes';

/** Most UTF-16 units of a name: it is shown in one line. */
export const LONGEST_NAME = 200;

/** @param textOf a key's text; what is missing or not readable is left out. */
export function factsOf(textOf: (key: string) => string | undefined, name: string): AdapterFacts {
	const promptFormat = textOf(ADAPTER_KEYS.promptFormat);
	return {
		name: keepStart(name, LONGEST_NAME),
		base: textOf(ADAPTER_KEYS.base),
		baseName: textOf(ADAPTER_KEYS.baseName),
		promptFormat:
			promptFormat !== undefined && /^\d{1,9}$/.test(promptFormat) ? Number(promptFormat) : undefined,
		dataset: textOf(ADAPTER_KEYS.dataset),
		run: adapterRunOf(textOf(ADAPTER_KEYS.run)),
		settings: textOf(ADAPTER_KEYS.settings),
		versions: textOf(ADAPTER_KEYS.versions),
		...(textOf(ADAPTER_KEYS.role) === 'chat' ? { role: 'chat' as const } : {}),
	};
}

/** By key; what is undefined is left out. */
export function textsOf(facts: AdapterFacts): ReadonlyMap<string, string> {
	const { promptFormat, run } = facts;
	const texts: readonly (readonly [key: string, text: string | undefined])[] = [
		[ADAPTER_KEYS.base, facts.base],
		[ADAPTER_KEYS.baseName, facts.baseName],
		[ADAPTER_KEYS.promptFormat, promptFormat === undefined ? undefined : String(promptFormat)],
		[ADAPTER_KEYS.dataset, facts.dataset],
		[ADAPTER_KEYS.run, run === undefined ? undefined : JSON.stringify(run)],
		[ADAPTER_KEYS.settings, facts.settings],
		[ADAPTER_KEYS.versions, facts.versions],
		[ADAPTER_KEYS.role, facts.role === 'chat' ? 'chat' : undefined],
	];
	return new Map(texts.flatMap(([key, text]) => (text === undefined ? [] : [[key, text] as const])));
}
