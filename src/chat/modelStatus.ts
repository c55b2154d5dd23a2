/** The model's state in the words of the chat view. */

import { keepStart } from '../inference/clip';
import type { ModelState } from '../inference/model';
import { LONGEST_NOTE } from './ending';
import type { ChatStatus } from './protocol';

const BACKEND_NAMES = { cpu: 'CPU', cuda: 'CUDA', vulkan: 'Vulkan', metal: 'Metal' } as const;

/** Characters of a name: it is shown in one line. */
const LONGEST_NAME = 200;

/** The name that the model gives itself, or else its file's without folder and extension. */
function nameOf(path: string, name = ''): string {
	const file = (path.split(/[\\/]/).at(-1) ?? path).replace(/\.gguf$/i, '');
	return keepStart(name === '' ? file : name, LONGEST_NAME);
}

/** Whether the model can call functions; until it is loaded, nobody knows. */
export function canCall(state: ModelState): boolean {
	return state.type === 'ready' && state.model.chat.type === 'chat' && state.model.chat.callsTools === true;
}

export function chatStatusOf(state: ModelState, isStarter: boolean): ChatStatus {
	const empty = { name: '', place: '', progress: 0, isStarter, problem: undefined, remedies: [] } as const;
	switch (state.type) {
		case 'none':
		case 'starting':
			return { ...empty, state: state.type };
		case 'loading':
			return { ...empty, state: 'loading', name: nameOf(state.path), progress: state.progress };
		case 'ready': {
			const { model } = state;
			const ready = {
				...empty,
				state: 'ready',
				name: nameOf(model.path, model.name),
				place: model.server?.host ?? BACKEND_NAMES[model.backend],
			} as const;
			return model.chat.type === 'unsupported'
				? { ...ready, problem: keepStart(model.chat.reason, LONGEST_NOTE), remedies: ['select-model'] }
				: ready;
		}
		case 'failed':
			return {
				...empty,
				state: 'failed',
				problem: keepStart(state.problem.message, LONGEST_NOTE),
				remedies: state.problem.remedies,
			};
	}
}
