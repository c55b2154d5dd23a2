/** What VS Code and other extensions are told of the local model. */

import type { ModelState } from '../../inference/model';
import { formatParameters, type Translate } from '../../inference/statusText';
import { UNKNOWN_CONTEXT } from '../generation';
import { canCall, chatStatusOf } from '../modelStatus';

/** As VS Code wants it. */
export interface ModelInformation {
	readonly id: string;
	readonly name: string;
	readonly family: string;
	readonly version: string;
	/** Beside the name, where models are chosen. */
	readonly detail: string;
	readonly tooltip: string;
	readonly maxInputTokens: number;
	readonly maxOutputTokens: number;
	readonly capabilities: { readonly imageInput: false; readonly toolCalling: boolean };
}

/** The same whatever file is loaded: who has chosen the local model keeps it when the file changes. */
const ID = 'local';

const NAME = 'Familiar';

/** How the context of the model is shared between what is sent and the answer; an answer takes at most half of it. */
export function limitsOf(
	state: ModelState,
	maxTokens: number,
): { readonly input: number; readonly output: number } {
	const size = state.type === 'ready' ? state.model.contextSize : UNKNOWN_CONTEXT;
	const output = Math.min(maxTokens, Math.floor(size / 2));
	return { input: size - output, output };
}

/**
 * There is always one, so that whoever asks it gets to know why it cannot answer. Until it is loaded, its context is what
 * the chat assumes, too. @param maxTokens of an answer.
 */
export function informationOf(
	state: ModelState,
	isStarter: boolean,
	maxTokens: number,
	translate: Translate,
): ModelInformation {
	const { input, output } = limitsOf(state, maxTokens);
	const { name, problem } = chatStatusOf(state, isStarter);
	const facts =
		state.type === 'ready'
			? {
					family: state.model.architecture,
					version:
						state.model.server?.program ??
						`${formatParameters(state.model.parameters)} ${state.model.quantisation}`,
				}
			: { family: 'unknown', version: 'unknown' };
	const calls = canCall(state);
	const server = state.type === 'ready' ? state.model.server : undefined;
	const isPending = state.type === 'starting' || state.type === 'loading';
	return {
		id: ID,
		name: name === '' ? NAME : name,
		...facts,
		detail: problem === undefined ? NAME : translate('Familiar, not usable'),
		tooltip:
			problem ??
			(isPending
				? translate('The model is being loaded; how much it can read is known after that.')
				: server !== undefined
					? translate('What is asked is sent to {0}. Reads text alone.', server.host)
					: calls
						? translate('Runs on this machine: nothing leaves it. Reads text alone; can call tools.')
						: translate('Runs on this machine: nothing leaves it. Reads text alone; calls no tools.')),
		maxInputTokens: input,
		maxOutputTokens: output,
		capabilities: { imageInput: false, toolCalling: calls },
	};
}
