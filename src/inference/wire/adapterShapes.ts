/** Guards for what is said of adapters, over the socket and in the keys of their files. */

import type { AdapterFacts, AdapterRun } from '../gguf/adapterKeys';
import type { Adapter, AdaptersInUse, InspectedAdapter } from '../model';
import { parseJson } from '../record';
import { list, literal, number, object, optional, shortString, string } from './shapes';

/** More adapters on top of each other than this are a mistake: each takes memory and time. */
const MOST_ADAPTERS = 16;

const adapter = object<Adapter>({ path: shortString, scale: number });

export const adapters = list(adapter, MOST_ADAPTERS);

export const adaptersInUse = object<AdaptersInUse>({ type: literal('adapters'), adapters });

const adapterRun = object<AdapterRun>({
	lossBefore: number,
	lossAfter: number,
	steps: number,
	tokens: number,
	seconds: number,
	created: shortString,
	repositories: list(shortString),
});

/** Facts of a training that cannot be read are not there: they are shown, nothing depends on them. */
export function adapterRunOf(text: string | undefined): AdapterRun | undefined {
	const run = parseJson(text ?? '');
	return adapterRun(run) ? run : undefined;
}

const adapterFacts = object<AdapterFacts>({
	name: shortString,
	base: optional(shortString),
	baseName: optional(shortString),
	promptFormat: optional(number),
	dataset: optional(shortString),
	run: optional(adapterRun),
	settings: optional(string),
	versions: optional(shortString),
	role: optional(literal('completion', 'chat')),
});

export const inspectedAdapter = object<InspectedAdapter>({
	type: literal('facts'),
	facts: adapterFacts,
	problem: optional(shortString),
	warning: optional(shortString),
});
