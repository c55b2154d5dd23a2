/** Reads the audited files once: what they resemble, and where what commits added still stands in them. */

import { throwIfAborted } from '../../inference/cancel';
import { signatureOf } from '../corpus/minHash';
import type { Repository } from '../corpus/verdict';
import type { Span } from './blocks';
import { clustersOf } from './clusters';
import { type Hunk, placeOf } from './diff';
import type { Head } from './drawn';
import type { History } from './history';
import { linesOf } from './lines';
import type { SidedFile } from './sideGroups';
import type { Added } from './sides';
import type { SourceFile } from './source';

/** What a commit added, where it stands now. */
export interface AddedSpan extends Span {
	/** Which commit, from the newest on. */
	readonly commit: number;
}

export interface CorpusFile extends SidedFile {
	readonly source: SourceFile;
	/** By their start. */
	readonly added: readonly AddedSpan[];
}

export interface Corpus {
	readonly files: readonly CorpusFile[];
	/** Newest first, of those that added something; of each, only what still stands somewhere. */
	readonly commits: readonly Added[];
	/** Commits that were looked at, those without anything of interest included. */
	readonly historyLength: number;
	readonly heads: readonly Head[];
	/** Names of the files that are no longer what was audited. */
	readonly changed: readonly string[];
}

interface Reading {
	textOf(file: SourceFile): Promise<string | undefined>;
	historyOf(
		repository: Repository,
		paths: ReadonlySet<string>,
		signal: AbortSignal,
	): Promise<History | undefined>;
}

/** Files between two reports. */
const REPORT_EVERY = 200;

/**
 * Tells now and then how many files were read.
 * @throws an AbortError
 */
export async function* readCorpus(
	sources: readonly SourceFile[],
	reading: Reading,
	signal: AbortSignal,
): AsyncGenerator<number, Corpus, undefined> {
	const { heads, historyLength, ...past } = await readHistory(sources, reading, signal);
	const commits = past.commits.map(() => ({ hunks: new Map<string, number>() }));
	const signatures: Uint32Array[] = [];
	const found: Omit<CorpusFile, 'cluster'>[] = [];
	const changed: string[] = [];
	for (const [index, source] of sources.entries()) {
		throwIfAborted(signal);
		if (index % REPORT_EVERY === 0) {
			yield index;
		}
		const text = await reading.textOf(source);
		if (text === undefined) {
			changed.push(source.name);
			continue;
		}
		const added: AddedSpan[] = [];
		const hunks = past.hunks.get(keyOf(source.repository, source.path)) ?? [];
		const lines = linesOf(hunks.length > 0 ? text : '');
		for (const { commit, hunk } of hunks) {
			const span = placeOf(hunk, lines);
			const counts = commits[commit]?.hunks;
			if (span !== undefined && counts !== undefined) {
				added.push({ ...span, commit });
				counts.set(source.name, (counts.get(source.name) ?? 0) + 1);
			}
		}
		signatures.push(signatureOf(text));
		found.push({
			source,
			name: source.name,
			characters: text.length,
			added: added.sort((one, other) => one.start - other.start),
		});
	}
	const clusters = clustersOf(signatures);
	return {
		files: found.map((file, index) => ({ ...file, cluster: clusters[index] ?? index })),
		commits,
		historyLength,
		heads,
		changed,
	};
}

interface Past extends Pick<Corpus, 'heads' | 'historyLength'> {
	readonly commits: readonly unknown[];
	/** By repository and path. */
	readonly hunks: ReadonlyMap<string, readonly { readonly commit: number; readonly hunk: Hunk }[]>;
}

async function readHistory(
	sources: readonly SourceFile[],
	{ historyOf }: Reading,
	signal: AbortSignal,
): Promise<Past> {
	const repositories = new Map<string, { readonly repository: Repository; readonly paths: Set<string> }>();
	for (const { repository, path } of sources) {
		const known = repositories.get(repository.folder) ?? { repository, paths: new Set<string>() };
		known.paths.add(path);
		repositories.set(repository.folder, known);
	}
	const heads: Head[] = [];
	const commits: { readonly repository: Repository; readonly at: number; readonly hunks: readonly Hunk[] }[] =
		[];
	let historyLength = 0;
	for (const { repository, paths } of repositories.values()) {
		const history = await historyOf(repository, paths, signal);
		if (history !== undefined) {
			heads.push({ repository: repository.name, ...history.head });
			historyLength += history.count;
			commits.push(...history.commits.map(({ at, hunks }) => ({ repository, at, hunks })));
		}
	}
	const hunks = new Map<string, { readonly commit: number; readonly hunk: Hunk }[]>();
	const sorted = commits.sort((one, other) => other.at - one.at);
	for (const [commit, one] of sorted.entries()) {
		for (const hunk of one.hunks) {
			const key = keyOf(one.repository, hunk.path);
			hunks.set(key, [...(hunks.get(key) ?? []), { commit, hunk }]);
		}
	}
	return { heads, commits: sorted, hunks, historyLength };
}

function keyOf(repository: Repository, path: string): string {
	return `${repository.folder}\0${path}`;
}
