/** A host whose model writes usable answers, for what the starter model is too weak to show: a fix, and the next edit. */
import { runHost } from '../../src/inference/host/hostProcess';
import type { ChatRequest, FillRequest, GenerationEvent } from '../../src/inference/model';
import { askedFor, restOf, said } from './editingModel';
import { endOfText, FakeEngine } from './fakeEngine';

/** What a variable is declared as in the answer: `number`, but in code that says it is stubborn only when asked again. */
function retyped(code: string): string {
	const isStubborn = code.includes('// stubborn') && code.includes(': string =');
	return code.replace(/: (?:string|boolean) =/, isStubborn ? ': boolean =' : ': number =');
}

/** Answers with the last message's first fenced block, and gives its variables another type. */
class WritingEngine extends FakeEngine {
	/** Where a line shall be edited, its default value follows from its name. Nothing is completed. */
	override async *fill(request: FillRequest): AsyncIterable<GenerationEvent> {
		if (request.files.at(-1)?.path.endsWith('.diff') === true) {
			const line = askedFor(request).replace(/(\w+)\),$/, "$1) ?? '$1',");
			yield* said(`${restOf(line, request)}\n`).steps;
		}
		yield endOfText();
	}

	override async *chat(request: ChatRequest): AsyncIterable<GenerationEvent> {
		const asked = request.messages.at(-1)?.content ?? '';
		const code = /```\w*\n([\s\S]*?)```/.exec(asked)?.[1] ?? 'export const answer = 42;\n';
		const answer = `The type was wrong.\n\n\`\`\`ts\n${retyped(code)}\`\`\`\n`;
		for (const text of answer.split(/(?<=\s)/)) {
			yield { type: 'text', text };
		}
		yield endOfText();
	}
}

await runHost(
	() => new WritingEngine(),
	() => undefined,
	'writing',
);
