/** What a user is told where no host starts, or it does not load the model. */

import { messageOf } from '../failure';
import type { LoadOptions, Problem } from '../model';

/** @param reason as the end of "it …". @param lastLine of what the host printed. */
export function startProblem(reason: string, lastLine: string | undefined): Problem {
	const output = lastLine === undefined ? '' : ` Its last words: ${lastLine}`;
	return {
		code: 'host-start-failed',
		message:
			`The model host could not be started: it ${reason}.${output} ` +
			'Where the editor cannot run it, familiar.host.nodePath names a Node.js (20 or newer) that can.',
		remedies: ['set-node-path', 'restart', 'show-log'],
	};
}

export function loadProblem(options: LoadOptions, error: unknown): Problem {
	return {
		code: 'model-load-failed',
		message: `${options.path} could not be loaded: ${messageOf(error)}`,
		remedies: ['select-model', 'show-log', 'restart'],
	};
}
