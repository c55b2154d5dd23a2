/** All archives of the list, and where the registry has another version by now: Debian's archive keeps none of the older ones. */

import { ArchiveError, fetchArchive } from './archives';
import type { Fetched } from './corpus';
import { resolve } from './resolve';
import { nameOf, type Source } from './sources';

/** A package that is in the corpus otherwise than the list says. */
export interface Deviation {
	/** As the list has it. */
	readonly listed: Source;
	/** What was taken in its place; undefined where the corpus goes without. */
	readonly taken: Source | undefined;
	/** One sentence. */
	readonly why: string;
}

interface FetchTools {
	readonly fetch: (folder: string, source: Source, signal: AbortSignal) => Promise<string>;
	/** Fetches what the registry has now; rejects where it has none, or one under another licence. */
	readonly resolve: (
		folder: string,
		word: string,
		signal: AbortSignal,
	) => Promise<{ readonly source: Source; readonly archive: string }>;
	readonly say: (line: string) => void;
}

const TOOLS: FetchTools = { fetch: fetchArchive, resolve, say: (line) => console.log(line) };

/**
 * npm keeps every version for ever: one that is gone, or has another hash, is an error unless `skipMissing` says to go on
 * without. Of Debian the version of today is taken, which apt checks by Debian's signature.
 * @throws ArchiveError; an AbortError when cancelled
 */
export async function fetchAll(
	folder: string,
	sources: readonly Source[],
	skipMissing: boolean,
	signal: AbortSignal,
	{ fetch, resolve, say }: FetchTools = TOOLS,
): Promise<{ readonly fetched: readonly Fetched[]; readonly deviations: readonly Deviation[] }> {
	const fetched: Fetched[] = [];
	const deviations: Deviation[] = [];
	for (const [index, source] of sources.entries()) {
		try {
			fetched.push({ source, archive: await fetch(folder, source, signal) });
		} catch (error) {
			const isReplaced = error instanceof ArchiveError && error.isGone && source.registry === 'debian';
			if (!(error instanceof ArchiveError) || !(isReplaced || skipMissing)) {
				throw error;
			}
			const today = isReplaced ? await now(folder, source, resolve, signal) : error.message;
			if (typeof today === 'string') {
				deviations.push({ listed: source, taken: undefined, why: today });
			} else {
				fetched.push(today);
				deviations.push({ listed: source, taken: today.source, why: 'The archive has another version.' });
			}
			say(deviationText(deviations.at(-1)));
		}
		if ((index + 1) % 50 === 0 || index + 1 === sources.length) {
			say(`archives: ${index + 1} of ${sources.length}, the last is ${nameOf(source)}`);
		}
	}
	return { fetched, deviations };
}

/** For the end of the run; empty where all is as the list says. */
export function deviationsText(deviations: readonly Deviation[]): string {
	return deviations.length === 0
		? ''
		: [
				`${deviations.length} packages are not as models/sources.json lists them: the corpus is another than that of models/README.md.`,
				...deviations.map(deviationText),
				"corpus/report.json names them, and has a hash for each language's part of the corpus.",
			].join('\n');
}

function deviationText(deviation: Deviation | undefined): string {
	if (deviation === undefined) {
		return '';
	}
	const { listed, taken, why } = deviation;
	return taken === undefined
		? `  left out: ${nameOf(listed)}. ${why}`
		: `  ${nameOf(listed)}: ${taken.version} was taken instead (${taken.integrity}).`;
}

/** The version of today, or why there is none. */
async function now(
	folder: string,
	{ registry, name }: Source,
	resolve: FetchTools['resolve'],
	signal: AbortSignal,
): Promise<Fetched | string> {
	try {
		return await resolve(folder, `${registry}:${name}`, signal);
	} catch (error) {
		signal.throwIfAborted();
		return error instanceof Error ? error.message : String(error);
	}
}
