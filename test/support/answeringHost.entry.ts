/** A host whose model gives each command of the chat the answer that its prompt asks for, made of what stands in the prompt. */
import { once } from 'node:events';
import { runHost } from '../../src/inference/host/hostProcess';
import type { ChatRequest, GenerationEvent } from '../../src/inference/model';
import { endOfText, FakeEngine } from './fakeEngine';

const fenced = (code: string) => `\`\`\`ts\n${code}\n\`\`\``;

/** The first group of a pattern in a prompt; a mark that no test expects where it is missing. */
function part(prompt: string, pattern: RegExp): string {
	return pattern.exec(prompt)?.[1] ?? 'NOT IN THE PROMPT';
}

const codeOf = (prompt: string) => part(prompt, /```\w*\n([\s\S]*?)\n```/);
const functionOf = (prompt: string) => part(codeOf(prompt), /function (\w+)/);

/** Stands in a package that a test puts beside the workspace's code, too. */
const BERTHS = [
	'export function berthsOf(harbour) {',
	"\tconst berths = harbour.berths ?? 'none';",
	'\tconst free = [];',
	'\tfor (const berth of berths) {',
	'\t\tif (berth.ship === undefined) {',
	'\t\t\tfree.push(berth.name);',
	'\t\t}',
	'\t}',
	'\treturn free.sort();',
	'}',
].join('\n');

/** By what a prompt says; the first that fits answers. */
const ANSWERS: readonly (readonly [RegExp, (prompt: string) => string])[] = [
	[
		/^Write tests for this code/,
		(prompt) =>
			`${fenced(`import { ${functionOf(prompt)} } from './cart';\n\ntest('${functionOf(prompt)}', () => {});`)}\n\nNothing is left out.`,
	],
	[/^Write the documentation comment/, (prompt) => fenced(`/** Says it. */\n${codeOf(prompt)}`)],
	[/^Review this code/, (prompt) => `1. Line ${part(prompt, /lines (\d+)/)}: \`${functionOf(prompt)}\`.`],
	[
		/^Write the code that is asked for/,
		(prompt) => fenced(`// as ${part(prompt, /^\+export const (\w+)/m)}\nexport const written = 1;`),
	],
	[
		/^Write the code that the last comment/,
		(prompt) =>
			fenced(
				`/** ${part(prompt, /asks for: "(.+)"\. Give only/)} */\nfunction largest(numbers: number[]): number | undefined {\n\treturn numbers.length === 0 ? undefined : Math.max(...numbers);\n}`,
			),
	],
	[
		/Which function gives a ship its berth/,
		(prompt) => `\`assignBerth\` does [${part(prompt, /\[(\d)\][^\n]*\n```\w*\n[^`]*assignBerth/)}].`,
	],
	[/berths of a harbour/, () => fenced(BERTHS)],
	[/code/, () => `So it is:\n\n${fenced('export const answer = 42;')}`],
];

/** A question that begins with `Wait` gets a few words, and their end only when it is stopped. */
class AnsweringEngine extends FakeEngine {
	private asked = 0;

	override async *chat(request: ChatRequest, signal: AbortSignal): AsyncIterable<GenerationEvent> {
		const prompt = request.messages.at(-1)?.content ?? '';
		this.asked++;
		const answer = ANSWERS.find(([pattern]) => pattern.test(prompt))?.[1](prompt) ?? `Answer ${this.asked}.`;
		for (const text of answer.split(/(?<=\s)/)) {
			yield { type: 'text', text };
		}
		if (/^wait\b/i.test(prompt)) {
			await once(signal, 'abort');
		}
		yield endOfText();
	}
}

await runHost(
	() => new AnsweringEngine(),
	() => undefined,
	'answering',
);
