/** What is said of a download that is under way. */

import { formatBytes, type Translate } from '../statusText';
import type { Progress } from './downloads';
import { formatTotal } from './rows';

/** @param secondsLeft undefined while nobody knows. */
export function progressText(
	{ phase, bytes, total }: Progress,
	bytesPerSecond: number | undefined,
	secondsLeft: number | undefined,
	translate: Translate,
): string {
	const amount = translate('{0} of {1}', formatBytes(bytes), formatTotal(total));
	switch (phase) {
		case 'queued':
			return translate('waits for other downloads');
		case 'elsewhere':
			return translate('{0}, by another window', amount);
		case 'checking':
			return translate('{0}, checking what is here', amount);
		case 'broken':
			return translate('{0}, the connection broke: trying again', amount);
		case 'downloading':
			return [
				amount,
				...(bytesPerSecond === undefined ? [] : [translate('{0} a second', formatBytes(bytesPerSecond))]),
				...(secondsLeft === undefined ? [] : [timeLeft(secondsLeft, translate)]),
			].join(', ');
	}
}

function timeLeft(seconds: number, translate: Translate): string {
	return seconds < 90
		? translate('{0} s left', Math.ceil(seconds))
		: seconds < 90 * 60
			? translate('{0} min left', Math.ceil(seconds / 60))
			: translate('{0} h left', Math.ceil(seconds / 3600));
}
