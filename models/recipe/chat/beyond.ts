/** What it does not know: general knowledge, whole programs, code that is not shown, other languages. It says so. */

import { enclosingBlock } from '../../../src/chat/blocks';
import type { Exchange } from '../../../src/chat/messages';
import type { Random } from '../../../src/finetune/training/random';
import { written } from './about';
import { type Field, FRAMES, SINGLE, TOPICS } from './beyondTopics';
import { type Conversation, conversation } from './conversation';
import { chance, pick } from './draw';
import { FOREIGN, PROBLEMS } from './foreign';
import { DO_NOT_KNOW, LARGER, UNKNOWN_PROBLEM } from './limits';
import { snippet, snippetPath } from './snippets';

const WHY: Readonly<Record<Field, readonly string[]>> = {
	knowledge: [
		'I know nothing about the world, only small pieces of code.',
		'I have only seen code, so I have no general knowledge.',
		'Anything that I said about it would be made up.',
	],
	software: [
		'I do not know enough about tools and libraries to answer that.',
		'I can only describe code that you show me.',
		'Anything that I said about it would be made up.',
	],
	task: [
		'Whole programs and longer algorithms are too much for me.',
		'I can write a few lines at most, not that.',
		'That is too large for a model of my size.',
	],
	unseen: [
		'I do not see that code here. Select it and run `Familiar: Explain`, or use “Fix with Familiar” in the light bulb of an error.',
		'In this chat I only see what you write. Select the code and choose `Familiar: Explain`.',
		'I see no code in your question. Select some and run `Familiar: Explain`.',
	],
};

const FIELDS: readonly Field[] = ['knowledge', 'software', 'task', 'unseen'];
const POLITE = ['', '', '', 'please ', 'could you help me: ', 'quick question: ', 'hey, ', 'hello, '];

/** @param history an earlier exchange, to which the question may refer. */
export function beyondConversation(random: Random, history: readonly Exchange[]): Conversation | undefined {
	if (chance(random, 0.22)) {
		return chance(random, 0.5) ? foreignConversation(random) : unknownProblem(random);
	}
	if (chance(random, 0.15)) {
		const question = { task: 'question', text: written(pick(random, SINGLE), random) } as const;
		return conversation('beyond', question, `${pick(random, DO_NOT_KNOW)} ${pick(random, LARGER)}`, history);
	}
	const field = pick(random, FIELDS);
	const asked = pick(random, FRAMES[field]).replace(/\{\}/g, () => pick(random, TOPICS[field]));
	const text = written(`${pick(random, POLITE)}${asked}`, random);
	const answer = [pick(random, DO_NOT_KNOW), pick(random, WHY[field]), pick(random, LARGER)].join(' ');
	return conversation('beyond', { task: 'question', text }, answer, history);
}

/** Explain, and Fix, for code in a language that it has not learned. */
function foreignConversation(random: Random): Conversation | undefined {
	const { name, id, extension, codes } = pick(random, FOREIGN);
	const noun = pick(random, TOPICS.task).replace(/^\S+ /, '').replace(/\W+/g, '_').toLowerCase();
	const code = pick(random, codes).replaceAll('NAME', noun.slice(0, 12).replace(/_$/, ''));
	const path = snippetPath(random).replace(/\.ts$/, extension);
	const excerpt = { path, language: id, firstLine: 1 + Math.floor(random.next() * 80), code };
	const task = chance(random, 0.6) ? 'explain' : 'fix';
	const answer = [
		pick(random, [
			`This is ${name}, which I have not learned.`,
			`I do not know ${name}: I have only learned TypeScript, JavaScript and Python.`,
			`I cannot say anything reliable about ${name}.`,
		]),
		pick(random, LARGER),
	].join(' ');
	return conversation('beyond', { task, excerpt, findings: [] }, answer);
}

/** What linters and other compilers report; the code is correct for TypeScript. */
function unknownProblem(random: Random): Conversation | undefined {
	const lines = snippet(random).trimEnd().split('\n');
	const line = Math.floor(random.next() * lines.length);
	const { start, end } = enclosingBlock(lines, line, line);
	const code = lines.slice(start, end + 1).join('\n');
	const name = pick(random, code.match(/[A-Za-z]\w{3,}/g) ?? ['value']);
	const message = pick(random, PROBLEMS).replaceAll('NAME', name);
	const excerpt = { path: snippetPath(random), language: 'typescript', firstLine: start + 1, code };
	const question = {
		task: chance(random, 0.6) ? 'explain' : 'fix',
		excerpt,
		findings: [{ line: line + 1, message }],
	} as const;
	return conversation('beyond', question, `${pick(random, UNKNOWN_PROBLEM)} ${pick(random, LARGER)}`);
}
