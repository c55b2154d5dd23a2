/** Why no dataset can be made of files that an audit let in. */

import type { Translate } from '../../inference/statusText';
import type { DrawFacts } from './drawn';

export function undividedReason(changed: number, files: number, translate: Translate): string {
	return changed > 0
		? translate(
				'No samples could be made: {0} of {1} files changed while they were read. Save them, and start again.',
				changed,
				files,
			)
		: translate(
				'The {0} files resemble each other too much: nothing could be held out that is not learned from as well. Open repositories with more code.',
				files,
			);
}

export function nothingReason(
	isTrain: boolean,
	{ changed, overlapping }: DrawFacts,
	files: number,
	translate: Translate,
): string {
	if (isTrain) {
		return translate(
			'No samples could be made of the files to learn from: {0} of {1} files changed while they were read. Save them, and start again.',
			changed.length,
			files,
		);
	}
	return overlapping > 0
		? translate(
				'Nothing could be held out that is not learned from as well: the same stands in {0} places. Open repositories with more code.',
				overlapping,
			)
		: translate(
				'No samples could be made of the held-out files: {0} of {1} files changed while they were read. Save them, and start again.',
				changed.length,
				files,
			);
}
