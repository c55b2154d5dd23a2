/** A host whose model looks things up before it answers: it searches, reads what it found, and says where it stands. */
import { runHost } from '../../src/inference/host/hostProcess';
import type { ChatRequest, GenerationEvent, LoadOptions, ModelDescription } from '../../src/inference/model';
import { endOfText, FakeEngine } from './fakeEngine';

class CallingEngine extends FakeEngine {
	override async load(
		options: LoadOptions,
		onProgress: (fraction: number) => void,
		signal: AbortSignal,
	): Promise<ModelDescription> {
		const described = await super.load(options, onProgress, signal);
		return {
			...described,
			contextSize: 8_192,
			chat: { type: 'chat', wrapper: 'chatML', callsTools: true },
		};
	}

	override async *chat({ messages, tools = [] }: ChatRequest): AsyncIterable<GenerationEvent> {
		const results = messages.filter(({ role }) => role === 'tool').map(({ content }) => content);
		const calls = [
			{ name: 'search', arguments: { query: 'function assignBerth' } },
			{ name: 'read_file', arguments: { path: /^(\S+?):\d+:/m.exec(results[0] ?? '')?.[1] ?? 'nowhere.ts' } },
			{ name: 'read_file', arguments: { path: '../outside.ts' } },
		];
		const call = calls[results.length];
		if (tools.length > 0 && call !== undefined) {
			yield { type: 'text', text: results.length === 0 ? 'I look for it.' : '' };
			yield { type: 'call', call };
		} else {
			const body = /return ship\.\w+\(\)/.exec(results[1] ?? '')?.[0] ?? 'NOT READ';
			yield { type: 'text', text: `It is \`assignBerth\`, with \`${body}\`.` };
		}
		yield endOfText();
	}
}

await runHost(
	() => new CallingEngine(),
	() => undefined,
	'calling',
);
