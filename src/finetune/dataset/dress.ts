/** Holes → places as they are sent to a model: the text around them, what heads the prompt, and what other files bring. */

import { groupBy } from '../../inference/groupBy';
import type { ContextFile } from '../../inference/model';
import type { Repository } from '../corpus/verdict';
import type { Random } from '../training/random';
import type { DrawnPlace, DrawOrder } from './drawn';
import { promptRoom } from './encoder';
import type { Hole } from './holes';
import type { Lines } from './lines';
import type { SourceFile } from './source';

/** Where something shall be written, in the whole of its file. */
export interface ContextPlace {
	/** Relative to the repository, with `/`. */
	readonly path: string;
	readonly before: string;
	readonly after: string;
	readonly firstLine: number;
}

/** What serving would have brought from other files within so many tokens of a prompt, and how many of them are theirs. */
export type ContextOf = (
	place: ContextPlace,
	room: number,
	signal: AbortSignal,
) => Promise<{ readonly files: readonly ContextFile[]; readonly tokens: number }>;

/** The files of a repository that may stand in prompts. */
export interface Shelf {
	/** Relative to the repository, with `/`. */
	readonly paths: readonly string[];
	read(path: string): Promise<string | undefined>;
}

export interface DressTools {
	/** What of other files is served at a place of a repository. Default: nothing. */
	readonly contextOf?: (repository: Repository, shelf: Shelf) => ContextOf;
	/** Characters behind a cursor that an editor has put there by itself and that the model writes. Default: none. */
	readonly closedByItself?: (before: string, after: string) => number;
}

/** Characters of a token at most, nearly always: what is around a hole is longer than any prompt. */
const MOST_CHARACTERS_PER_TOKEN = 4;

export class Dresser {
	/** By folder of the repository. */
	private readonly contexts = new Map<string, ContextOf>();

	/** @param shelf what may stand in prompts: nothing that is tested, or chosen by */
	constructor(
		private readonly order: Pick<DrawOrder, 'longest' | 'shares'>,
		private readonly tools: DressTools,
		shelf: readonly SourceFile[],
		textOf: (file: SourceFile) => Promise<string | undefined>,
	) {
		const { contextOf } = tools;
		if (contextOf === undefined) {
			return;
		}
		for (const [folder, files] of groupBy(shelf, ({ repository }) => repository.folder)) {
			const byPath = new Map(files.map((file) => [file.path, file]));
			const [first] = files;
			if (first !== undefined) {
				const read = async (path: string) => {
					const file = byPath.get(path);
					return file === undefined ? undefined : textOf(file);
				};
				this.contexts.set(folder, contextOf(first.repository, { paths: [...byPath.keys()], read }));
			}
		}
	}

	/**
	 * @param random draws what heads the prompt; undefined where it is as it is served
	 * @throws an AbortError
	 */
	async place(
		source: SourceFile,
		lines: Lines,
		drawn: Hole,
		random: Random | undefined,
		signal: AbortSignal,
	): Promise<DrawnPlace> {
		const { text } = lines;
		const { longest, shares } = this.order;
		const { name, path, repository } = source;
		if (drawn.kind === 'plain') {
			const hole = { ...drawn, start: 0, end: drawn.end - drawn.start };
			return { name, repository: repository.name, path, text: text.slice(drawn.start, drawn.end), hole };
		}
		const hole = this.withClosed(text, drawn);
		const lot = random?.next() ?? 0;
		const isBare = random !== undefined && lot >= 1 - shares.bare;
		const context =
			random === undefined || lot < shares.context
				? await this.contexts.get(repository.folder)?.(
						{ path, before: text.slice(0, hole.start), after: text.slice(hole.end), firstLine: 0 },
						promptRoom(hole, longest),
						signal,
					)
				: undefined;
		const reach = longest * MOST_CHARACTERS_PER_TOKEN;
		const firstLine = lines.at(Math.max(0, hole.start - reach));
		const start = lines.start(firstLine);
		return {
			name,
			...(isBare ? { repository: undefined, path: '' } : { repository: repository.name, path }),
			text: text.slice(start, hole.end + reach),
			firstLine,
			hole: { ...hole, start: hole.start - start, end: hole.end - start },
			...(context === undefined || context.files.length === 0 ? {} : { context }),
		};
	}

	private withClosed(text: string, hole: Hole): Hole {
		const more = this.tools.closedByItself?.(text.slice(0, hole.start), text.slice(hole.end)) ?? 0;
		return more === 0 ? hole : { ...hole, end: hole.end + more };
	}
}
