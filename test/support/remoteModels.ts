/** Models of a server for tests, and what they answered. */
import { english } from '../../src/finetune/job/english';
import type { GenerationEvent } from '../../src/inference/model';
import { type OpenRemoteOptions, openRemote } from '../../src/inference/remote/open';
import type { RemoteModel } from '../../src/inference/remote/remoteModel';
import { silentLog } from './silentLog';

/** It asks the server at once, and again every 20 ms while that is away. */
export function remoteModel(url: string, changes: Partial<OpenRemoteOptions> = {}): RemoteModel {
	return openRemote({
		role: 'completion',
		url,
		model: '',
		adapter: '',
		key: async () => undefined,
		strictTls: () => true,
		agent: 'Familiar/test',
		translate: english,
		log: silentLog,
		delays: [20],
		...changes,
	});
}

/** Resolves when the server was asked. */
export async function settled(model: RemoteModel): Promise<RemoteModel['state']> {
	if (model.state.type === 'starting') {
		await new Promise<void>((resolve) => {
			const subscription = model.onDidChangeState(() => {
				subscription.dispose();
				resolve();
			});
		});
	}
	return model.state;
}

/** Resolves when the state is of the type. */
export async function until(model: RemoteModel, type: RemoteModel['state']['type']): Promise<void> {
	if (model.state.type !== type) {
		await new Promise<void>((resolve) => {
			const subscription = model.onDidChangeState((state) => {
				if (state.type === type) {
					subscription.dispose();
					resolve();
				}
			});
		});
	}
}

export interface Heard {
	readonly events: readonly GenerationEvent[];
	readonly text: string;
}

export async function hear(events: AsyncIterable<GenerationEvent>): Promise<Heard> {
	const heard: GenerationEvent[] = [];
	for await (const event of events) {
		heard.push(event);
	}
	const text = heard.map((event) => (event.type === 'text' ? event.text : '')).join('');
	return { events: heard, text };
}
