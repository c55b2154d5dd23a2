/** The last edits of a document → the next place for the same change, or none. Rules first come, first served. */

import { systemClock } from '../clock';
import { Pace } from '../pace';
import { BracketPairs } from './brackets';
import { callsToFollow } from './calls';
import { type Change, changeOf } from './change';
import { learn } from './learn';
import { lexiconOf } from './lexicon';
import type { Edit } from './log';
import { type Page, readPage, stateAt } from './page';
import { places, type Replacement } from './places';
import { renames } from './rename';
import { specifiersToFollow } from './specifiers';

/** Earlier edits that the last one is compared with. */
const COMPARED = 6;

export type Rule = 'rename' | 'calls' | 'module' | 'repeat';

/** The same change at another place: offsets in the document, line ends as they stand there. `model`: it wrote that. */
export interface NextEdit {
	readonly start: number;
	readonly end: number;
	/** What stands there now. */
	readonly removed: string;
	readonly text: string;
	readonly rule: Rule | 'model';
}

export interface EditedDocument {
	readonly text: string;
	readonly languageId: string;
	/** The latest first. */
	readonly edits: readonly Edit[];
}

/**
 * Never works for more than a few milliseconds at a time. Rejects with an AbortError when cancelled.
 * @param pace default: one of its own, by the system's clock.
 */
export async function findNextEdit(
	document: EditedDocument,
	signal: AbortSignal,
	pace: Pace = new Pace(systemClock),
): Promise<NextEdit | undefined> {
	const [latest] = document.edits;
	if (latest === undefined) {
		return undefined;
	}
	const lexicon = lexiconOf(document.languageId);
	const page = await readPage(document, lexicon, latest.offset, pace, signal);
	const changes = document.edits
		.filter(({ offset }) => offset >= page.offset && offset <= page.offset + page.text.length)
		.map((edit) => changeOf(edit, lexicon, stateAt(page, edit.offset - page.offset)));
	const [last] = changes;
	if (last === undefined || changes.length === 0) {
		return undefined;
	}
	const known = changes.filter((change) => change !== undefined);
	for (const rule of rules(last, known, page, pace, signal)) {
		const found = await rule.find();
		await pace.rest(signal);
		// Two of its kinds of change still fit where they were made.
		const made = rule.name === 'calls' || rule.name === 'repeat' ? document.edits : [latest];
		const next = nearest(found ?? [], made, page, latest.offset - page.offset);
		if (next === undefined) {
			if (found !== undefined && rule.name === 'rename') {
				// The name has been changed wherever it had to be.
				return undefined;
			}
		} else {
			const removed = page.text.slice(next.start, next.end);
			const [start, end] = [next.start + page.offset, next.end + page.offset];
			return { start, end, removed, text: next.text, rule: rule.name };
		}
	}
	return undefined;
}

interface Finder {
	readonly name: Rule;
	/** undefined: the rule has no say here. */
	readonly find: () => Promise<readonly Replacement[]> | readonly Replacement[] | undefined;
}

function rules(
	last: Change,
	changes: readonly Change[],
	page: Page,
	pace: Pace,
	signal: AbortSignal,
): readonly Finder[] {
	let pairs: BracketPairs | undefined;
	const brackets = () => {
		pairs ??= new BracketPairs(page.tokens);
		return pairs;
	};
	return [
		{ name: 'rename', find: () => renames(changes, page, brackets()) },
		{ name: 'calls', find: () => callsToFollow(changes, page, brackets()) },
		{ name: 'module', find: () => specifiersToFollow(last, page) },
		...changes.slice(1, 1 + COMPARED).map(
			(earlier): Finder => ({
				name: 'repeat',
				find: () => {
					const program = learn(last, earlier);
					return program === undefined ? [] : places(program, page, pace, signal);
				},
			}),
		),
	];
}

/** The first below the last edit, else the first above; never where one of the edits was made. */
function nearest(
	found: readonly Replacement[],
	edits: readonly Edit[],
	page: Page,
	from: number,
): Replacement | undefined {
	const isNew = ({ start, end }: Replacement) =>
		!edits.some(({ offset, inserted }) => {
			const at = offset - page.offset;
			return start <= at + inserted.length && end >= at;
		});
	const isChange = ({ start, end, text }: Replacement) => page.text.slice(start, end) !== text;
	const open = found.filter((one) => isNew(one) && isChange(one));
	return open.find(({ start }) => start >= from) ?? open.findLast(({ start }) => start < from);
}
