/** What the user should know about a dataset, one sentence each. */

import type { Translate } from '../../inference/statusText';
import { formatCount } from '../panel/format';
import type { DrawFacts } from './drawn';
import type { Replayed } from './replay';

/** Files that a note names: a branch that is switched meanwhile changes thousands. */
const MOST_NAMED = 10;

export interface NotedFacts extends DrawFacts {
	/** Share of the places to learn from that were drawn, and the tokens that are the reason. */
	readonly share: number;
	readonly mostTokens: number;
	/** Samples to learn from that were left out, because there is no time for all. */
	readonly unselected: number;
	readonly replay: Replayed['skipped'];
}

export function notesOf(facts: NotedFacts, translate: Translate): readonly string[] {
	const { by, share, mostTokens, changed, alike, overlapping, unselected } = facts;
	const notes: string[] = [];
	if (share < 1) {
		notes.push(
			translate(
				'{0} % of the places are learned from: more than {1} tokens are not prepared at once.',
				Math.max(1, Math.floor(share * 100)),
				formatCount(mostTokens),
			),
		);
	}
	if (by === 'seed') {
		notes.push(
			translate(
				'The test is drawn from files by chance: there are too few commits to test on what was changed last.',
			),
		);
	}
	if (by === 'folder') {
		notes.push(
			translate(
				'The test is of whole folders, drawn by chance: there are too few commits to test on what was changed last.',
			),
		);
	}
	if (alike > 0) {
		notes.push(translate('Files left out because they resemble what is tested: {0}.', formatCount(alike)));
	}
	if (overlapping > 0) {
		notes.push(
			translate(
				'Places left out of the test because the same stands in what is learned from: {0}.',
				formatCount(overlapping),
			),
		);
	}
	if (unselected > 0) {
		notes.push(
			translate(
				'Samples left out because there is no time for all: {0}, first those that the model knows best and those that are all noise to it.',
				formatCount(unselected),
			),
		);
	}
	if (facts.replay === 'slow') {
		notes.push(
			translate(
				'The model repeats nothing of its own against forgetting: writing it would take more than a tenth of the time.',
			),
		);
	}
	if (facts.replay === 'adapter') {
		notes.push(
			translate(
				'The model repeats nothing of its own against forgetting, because an adapter is in use. Turn it off before a fine-tune.',
			),
		);
	}
	if (changed.length > 0) {
		notes.push(
			translate('Left out because they changed while they were read: {0}.', someOf(changed, translate)),
		);
	}
	return notes;
}

function someOf(names: readonly string[], translate: Translate): string {
	const more = names.length - MOST_NAMED;
	return more > 0
		? translate('{0} and {1} more', names.slice(0, MOST_NAMED).join(', '), formatCount(more))
		: names.join(', ');
}
