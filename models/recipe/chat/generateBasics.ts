/** Generate from a comment, for the functions that everybody asks for first, in the three languages. */

import { commentAt } from '../../../src/chat/comments';
import type { Random } from '../../../src/finetune/training/random';
import { LANGUAGES, type Language } from '../document';
import { BASICS, type Basic } from './basics';
import { type Conversation, conversation } from './conversation';
import { wordsOf } from './docText';
import { chance, pick } from './draw';
import { excerptOf } from './excerpts';
import { snippetPath } from './snippets';

const EXTENSIONS: Readonly<Record<Language, string>> = {
	typescript: '.ts',
	javascript: '.js',
	python: '.py',
};

export function basicConversation(random: Random): Conversation | undefined {
	const basic = pick(random, BASICS);
	const language = pick(random, LANGUAGES);
	const text = `${pick(random, ['', '', '', 'TODO: '])}${pick(random, basic.asked)}`;
	const asked = `${chance(random, 0.5) ? text.charAt(0).toUpperCase() + text.slice(1) : text}${chance(random, 0.3) ? '.' : ''}`;
	const comment =
		language === 'python'
			? [`# ${asked}`]
			: pick(random, [[`// ${asked}`], ['/**', ` * ${asked}`, ' */'], [`/** ${asked} */`]]);
	const instruction = commentAt(comment, comment.length - 1, language)?.text ?? asked;
	const path = snippetPath(random).replace(/\.ts$/, EXTENSIONS[language]);
	const excerpt = excerptOf({ path, language, lines: comment }, 0, comment.length - 1);
	const unit = pick(random, ['\t', '  ', '    ']);
	const answer = `\`\`\`${language}\n${language === 'python' ? pythonCode(basic) : scriptCode(basic, language, unit)}\n\`\`\``;
	return conversation('generate', { task: 'generate', excerpt, instruction, after: '' }, answer);
}

export function scriptCode(
	{ name, parameters, returns, script }: Basic,
	language: 'typescript' | 'javascript',
	unit: string,
): string {
	const isTyped = language === 'typescript';
	const taken = parameters
		.map(([parameter, type]) => (isTyped ? `${parameter}: ${type}` : parameter))
		.join(', ');
	const header = `export function ${name}(${taken})${isTyped ? `: ${returns}` : ''} {`;
	const typed = script.map((line) =>
		isTyped
			? line
					.replace('new Map()', `new ${returns}()`)
					.replace(/^const result = \[\];$/, `const result: ${returns} = [];`)
			: line,
	);
	return [header, ...typed.map((line) => `\t${line}`), '}'].join('\n').replaceAll('\t', unit);
}

/** Names as Python writes them. */
export function pythonCode({ name, parameters, python }: Basic): string {
	const taken = parameters.map(([parameter]) => parameter).join(', ');
	return [`def ${wordsOf(name).join('_')}(${taken}):`, ...python.map((line) => `    ${line}`)].join('\n');
}
