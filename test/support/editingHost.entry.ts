/** A host whose model changes the code of an edit as it is told: `old -> new and old -> new`. What begins with `Wait` stops half-way. */
import { once } from 'node:events';
import { runHost } from '../../src/inference/host/hostProcess';
import type { ChatRequest, GenerationEvent } from '../../src/inference/model';
import { endOfText, FakeEngine } from './fakeEngine';

class EditingEngine extends FakeEngine {
	override async *chat(request: ChatRequest, signal: AbortSignal): AsyncIterable<GenerationEvent> {
		const prompt = request.messages.at(-1)?.content ?? '';
		const asked = /asked for here: "(.*)"\. Change nothing/.exec(prompt)?.[1] ?? '';
		const code = /Code to change \([^\n]*\n```\w*\n([\s\S]*?)\n```/.exec(prompt)?.[1] ?? 'NO CODE';
		const waits = asked.startsWith('Wait ');
		let changed = code;
		for (const pair of asked.replace(/^Wait /, '').split(' and ')) {
			const [old = '', written = ''] = pair.split(' -> ');
			changed = changed.replace(old, written);
		}
		const lines = `So it is.\n\n\`\`\`ts\n${changed}\n\`\`\`\n`.split(/(?<=\n)/);
		for (const text of waits ? lines.slice(0, Math.ceil(lines.length / 2) + 1) : lines) {
			yield { type: 'text', text };
		}
		if (waits) {
			await once(signal, 'abort');
		}
		yield endOfText();
	}
}

await runHost(
	() => new EditingEngine(),
	() => undefined,
	'editing',
);
