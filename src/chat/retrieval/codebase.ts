/** `#codebase`: the parts of the workspace that answer the question best, as a source of context. */

import { isAbort } from '../../inference/cancel';
import { messageOf } from '../../inference/failure';
import type { Translate } from '../../inference/statusText';
import type { ContextSource, Found } from '../context/source';
import { mentionsIn } from '../context/syntax';
import type { Retrieval } from './retrieval';
import type { FoundChunk } from './workspaceIndex';

interface CodebaseOptions {
	readonly retrieval: Pick<Retrieval, 'hasFolders' | 'search' | 'state'>;
	readonly translate: Translate;
	/** Whether files that nobody named may not be read: Restricted Mode. */
	readonly isRestricted: () => boolean;
	/** Tokens that a question may take with all that goes along. */
	readonly room: () => number;
}

const CODEBASE = 'codebase';

/** Chunks of one question: beyond, a small model loses the thread before it finds the answer. */
const MOST_CHUNKS = 10;
/** Part of the room that they may take together, and characters of a token of code, at least. */
const SHARE = 0.6;
const CHARACTERS = 3;

export function codebaseSource({ retrieval, translate, isRestricted, room }: CodebaseOptions): ContextSource {
	const refused = (reason: string): readonly Found[] => [{ type: 'refused', label: `#${CODEBASE}`, reason }];
	return {
		name: CODEBASE,
		get description() {
			return describe(retrieval.state, translate);
		},
		takesArgument: false,
		reads: 'sent',
		async read({ question }, signal) {
			const sought = withoutMentions(question);
			if (sought === '') {
				return refused(translate('Write what to look for.'));
			}
			if (!retrieval.hasFolders) {
				return refused(translate('Open a folder on this machine first.'));
			}
			if (isRestricted()) {
				return refused(
					translate('In Restricted Mode the workspace is not searched. Trust it, or name files with #file.'),
				);
			}
			try {
				const { chunks, isPartial } = await retrieval.search(sought, MOST_CHUNKS, signal);
				if (chunks.length === 0 && isPartial) {
					return refused(translate('The workspace is still being read. Ask again in a moment.'));
				}
				return chunks.length === 0
					? refused(translate('Nothing in the workspace has a word of the question. Use words of the code.'))
					: fitting(chunks, room() * SHARE * CHARACTERS).map(foundOf);
			} catch (error) {
				if (isAbort(error)) {
					throw error;
				}
				return refused(messageOf(error));
			}
		},
	};
}

function describe(state: Retrieval['state'], translate: Translate): string {
	if (state?.type === 'building') {
		const { done, all } = state.progress;
		return translate('Parts of the workspace that answer the question; reading file {0} of {1}', done, all);
	}
	const leftOut = state?.figures.leftOut ?? 0;
	return leftOut === 0
		? translate('Parts of the workspace that answer the question')
		: translate(
				'Parts of the workspace that answer the question; {0} files beyond the first {1} are not read',
				leftOut,
				state?.figures.files ?? 0,
			);
}

function withoutMentions(question: string): string {
	const [mention] = mentionsIn(question);
	return mention === undefined
		? question.trim()
		: withoutMentions(`${question.slice(0, mention.start)} ${question.slice(mention.end)}`);
}

/** The best that fit together, and always the best one. */
function fitting(chunks: readonly FoundChunk[], characters: number): readonly FoundChunk[] {
	let left = characters;
	return chunks.filter(({ text }, index) => {
		left -= text.length;
		return index === 0 || left >= 0;
	});
}

function foundOf({ path, firstLine, lastLine, text }: FoundChunk): Found {
	return {
		type: 'attached',
		attachment: {
			kind: 'found',
			label: `${path}:${firstLine}-${lastLine}`,
			path,
			language: /\.(\w{1,12})$/.exec(path)?.[1]?.toLowerCase() ?? '',
			firstLine,
			text,
		},
	};
}
