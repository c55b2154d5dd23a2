/** The model's state in the words of the chat view. */

import type { ModelState } from '../inference/model';
import type { ChatStatus } from './protocol';

const BACKEND_NAMES = { cpu: 'CPU', cuda: 'CUDA', vulkan: 'Vulkan', metal: 'Metal' } as const;

/** File name without folder and extension. */
function nameOf(path: string): string {
	return (path.split(/[\\/]/).at(-1) ?? path).replace(/\.gguf$/i, '');
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
				name: model.name === '' ? nameOf(model.path) : model.name,
				place: BACKEND_NAMES[model.backend],
			} as const;
			return model.chat.type === 'unsupported'
				? { ...ready, problem: model.chat.reason, remedies: ['select-model'] }
				: ready;
		}
		case 'failed':
			return {
				...empty,
				state: 'failed',
				problem: state.problem.message,
				remedies: state.problem.remedies,
			};
	}
}
