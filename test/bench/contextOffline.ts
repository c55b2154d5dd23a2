/** What context would be chosen at a place in a folder of files, where there is no editor: for benchmarks. */

import * as path from 'node:path';
import type { Clock } from '../../src/completion/clock';
import { Choice } from '../../src/completion/context/choice';
import {
	type ContextDocument,
	documentFrom,
	placeOf,
	type SourceName,
} from '../../src/completion/context/chunk';
import type { ContextEditor } from '../../src/completion/context/editor';
import { Guard } from '../../src/completion/context/guard';
import { NOTHING, Sources } from '../../src/completion/context/sources';
import type { Cursor } from '../../src/completion/cursor';
import { Pace } from '../../src/completion/pace';
import type { ChosenContext, ContextRoom } from '../../src/completion/prompt';
import { abortError } from '../../src/inference/cancel';
import { CHARACTERS_PER_TOKEN } from '../../src/inference/fillPieces';

export interface OfflinePlace {
	/** The repository; of the file that is written, the text before and after the cursor. Paths relative, with `/`. */
	readonly files: readonly { readonly path: string; readonly text: string }[];
	/** Paths of the files that are open, the last used first. The one that is written is open anyway. */
	readonly opened: readonly string[];
	/** Places looked at before, the oldest first; `line` from 0. */
	readonly viewed: readonly { readonly path: string; readonly line: number }[];
	/** Its `uri` and `fullPath` as the functions below give them. */
	readonly cursor: Cursor;
	readonly sources: readonly SourceName[];
	readonly room: ContextRoom;
}

const ROOT = '/repository';

export function offlineFullPath(path: string): string {
	return `${ROOT}/${path}`;
}

export function offlineUri(path: string): string {
	return `file://${offlineFullPath(path)}`;
}

/** No time passes: the answer is the same on every machine, and nothing is cut off. */
const timeless: Clock = {
	now: () => 0,
	sleep: (_milliseconds, signal) =>
		new Promise((_resolve, reject) => {
			signal.addEventListener('abort', () => reject(abortError()), { once: true });
		}),
};

export async function contextOffline(place: OfflinePlace, signal: AbortSignal): Promise<ChosenContext> {
	const documents = new Map(place.files.map((file) => [file.path, documentOf(file.path, file.text)]));
	const guard = new Guard(() => undefined);
	const problems: string[] = [];
	const sources = new Sources({
		editor: editorOf(documents, [place.cursor.path, ...place.opened]),
		guard,
		clock: timeless,
		pace: new Pace(timeless),
		log: { ...silent, warn: (message) => problems.push(message) },
	});
	for (const { path, line } of place.viewed) {
		const document = documents.get(path);
		if (document !== undefined) {
			sources.looked(document, line);
		}
	}
	const has = (name: SourceName) => place.sources.includes(name);
	const switches = {
		imports: has('imports'),
		recent: has('recent'),
		copied: has('copied'),
		similar: has('similar'),
		edits: has('edits'),
		problems: has('problems'),
	};
	const at = placeOf(place.cursor, place.room.tokens * CHARACTERS_PER_TOKEN);
	const choice = new Choice(guard);
	const gathered = await sources.gather(at, switches, NOTHING, signal);
	await place.room.count(gathered.chunks, signal);
	choice.take(gathered);
	const [problem] = problems;
	if (problem !== undefined) {
		throw new Error(problem);
	}
	return choice.at(at, place.room, switches);
}

const silent = { trace: () => undefined, info: () => undefined, error: () => undefined };

function documentOf(path: string, text: string): ContextDocument {
	const facts = { uri: offlineUri(path), fullPath: offlineFullPath(path), version: 1, isInWorkspace: true };
	return documentFrom({ ...facts, path }, text);
}

function editorOf(documents: ReadonlyMap<string, ContextDocument>, opened: readonly string[]): ContextEditor {
	const fileOf = (uri: string) => uri.slice(offlineUri('').length);
	return {
		opened: () => [...new Set(opened)].flatMap((file) => documents.get(file) ?? []),
		namesBeside: async (uri) =>
			[...documents.keys()]
				.filter((file) => path.posix.dirname(file) === path.posix.dirname(fileOf(uri)))
				.map((file) => path.posix.basename(file)),
		fileAt: async (uri, relative) =>
			documents.get(path.posix.normalize(path.posix.join(path.posix.dirname(fileOf(uri)), relative))),
		definitions: async () => [],
		declared: async () => [],
		problems: () => [],
	};
}
