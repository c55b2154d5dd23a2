/** What other files would bring to a place in a repository where there is no editor: for training and benchmarks. */

import * as path from 'node:path';
import { abortError } from '../../inference/cancel';
import { CHARACTERS_PER_TOKEN } from '../../inference/fillPieces';
import type { ContextFile } from '../../inference/model';
import type { Clock } from '../clock';
import type { Cursor } from '../cursor';
import { Pace } from '../pace';
import { affordableContext, divided, filledContext } from '../prompt';
import { Choice } from './choice';
import { type ContextDocument, documentFrom, placeOf } from './chunk';
import type { ContextEditor } from './editor';
import { Guard } from './guard';
import { NOTHING, Sources } from './sources';

export interface RepositoryFiles {
	/** Of all files, relative to the repository, with `/`. */
	readonly paths: Iterable<string>;
	/** Undefined where there is no such file, or it must not be read. */
	read(file: string): Promise<string | undefined>;
}

/** Where something shall be written. */
export interface RepositoryPlace {
	/** Relative to the repository, with `/`. Nothing of this file is offered. */
	readonly path: string;
	/** Text before the cursor, from the start of a line on. */
	readonly before: string;
	readonly after: string;
	/** Number of the line with which `before` starts. */
	readonly firstLine: number;
}

const ROOT = '/repository';

export function offlineFullPath(file: string): string {
	return `${ROOT}/${file}`;
}

export function offlineUri(file: string): string {
	return `file://${offlineFullPath(file)}`;
}

/** No time passes: the answer is the same on every machine, and nothing is cut off. */
export const timeless: Clock = {
	now: () => 0,
	sleep: (_milliseconds, signal) =>
		new Promise((_resolve, reject) => {
			signal.addEventListener('abort', () => reject(abortError()), { once: true });
		}),
};

export function offlineDocument(file: string, text: string): ContextDocument {
	const facts = { uri: offlineUri(file), fullPath: offlineFullPath(file), version: 1, isInWorkspace: true };
	return documentFrom({ ...facts, path: file }, text);
}

/** @param opened files that are open, the last used first */
export function offlineEditor(files: RepositoryFiles, opened: readonly ContextDocument[]): ContextEditor {
	const pathOf = (uri: string) => uri.slice(offlineUri('').length);
	const names = new Map<string, string[]>();
	const known = new Set<string>();
	for (const file of files.paths) {
		known.add(file);
		const folder = path.posix.dirname(file);
		const there = names.get(folder) ?? [];
		there.push(path.posix.basename(file));
		names.set(folder, there);
	}
	return {
		opened: () => opened,
		namesBeside: async (uri) => names.get(path.posix.dirname(pathOf(uri))) ?? [],
		fileAt: async (uri, relative) => {
			const file = path.posix.normalize(path.posix.join(path.posix.dirname(pathOf(uri)), relative));
			const text = known.has(file) ? await files.read(file) : undefined;
			return text === undefined ? undefined : offlineDocument(file, text);
		},
		definitions: async () => [],
		declared: async () => [],
		problems: () => [],
	};
}

/** Of what serving looks at, that which a repository alone can tell: what is imported, and what is alike. */
const SWITCHES = {
	imports: true,
	recent: false,
	copied: false,
	similar: true,
	edits: false,
	problems: false,
} as const;

/** Of one repository. */
export class RepositoryContext {
	private readonly guard = new Guard(() => undefined);
	private readonly sources: Sources;

	/** @param machine how fast the model reads here: what is served has no more context than it reads in time */
	constructor(
		files: RepositoryFiles,
		private readonly machine: Parameters<typeof affordableContext>[0],
	) {
		this.sources = new Sources({
			editor: offlineEditor(files, []),
			guard: this.guard,
			clock: timeless,
			pace: new Pace(timeless),
			log: silent,
		});
	}

	/**
	 * @param room tokens of the prompt
	 * @returns the most relevant last, and the tokens of the room that are theirs: 0 where there are none
	 */
	async chosenFor(
		{ path: file, before, after, firstLine }: RepositoryPlace,
		room: number,
		signal: AbortSignal,
	): Promise<{ readonly files: readonly ContextFile[]; readonly tokens: number }> {
		const { context } = divided(room, room, affordableContext(this.machine));
		const tokens = filledContext(context);
		if (tokens === 0) {
			return { files: [], tokens: 0 };
		}
		const cursor: Cursor = {
			uri: offlineUri(file),
			path: file,
			fullPath: offlineFullPath(file),
			repository: undefined,
			languageId: '',
			scheme: 'file',
			isWritable: true,
			eol: '\n',
			version: 1,
			before,
			after,
			firstLine,
			isLineTooLong: false,
			isDocumentEmpty: false,
		};
		const place = placeOf(cursor, tokens * CHARACTERS_PER_TOKEN);
		const choice = new Choice(this.guard);
		choice.take(await this.sources.gather(place, SWITCHES, NOTHING, signal));
		const { files } = choice.at(place, { tokens, tokensOf, count: async () => undefined }, SWITCHES);
		return { files, tokens: files.length === 0 ? 0 : context };
	}
}

/** Reckoned, as serving does it before the model has counted. */
function tokensOf({ path: file, text }: ContextFile): number {
	return Math.ceil(Buffer.byteLength(`${file}\n${text}\n`) / CHARACTERS_PER_TOKEN) + 2;
}

const silent = {
	trace: () => undefined,
	info: () => undefined,
	warn: () => undefined,
	error: () => undefined,
};
