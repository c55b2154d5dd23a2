/** A model that is asked for next edits, and what it is asked with: for tests of what becomes of its answers. */

import type { NextEdit } from '../../src/completion/nextEdit/find';
import { EditLog } from '../../src/completion/nextEdit/log';
import { SpareTime } from '../../src/completion/nextEdit/spareTime';
import { type EditWriterOptions, writeNextEdit } from '../../src/completion/nextEdit/writer';
import type { FillRequest, GenerationEvent } from '../../src/inference/model';
import { typeInto } from './editScript';
import { FakeClock } from './fakeClock';
import { FakeModel } from './fakeModel';

export const never = new AbortController().signal;
export const URI = 'file:///box.ts';

/** The lines that it is asked to write anew, as the prompt has them. */
export function askedFor({ files }: FillRequest): string {
	const lines = files.at(-1)?.text.split('\n') ?? [];
	const start = lines.findLastIndex((line) => !line.startsWith('-')) + 1;
	return lines
		.slice(start)
		.map((line) => line.slice(1))
		.join('\n');
}

/** Text in pieces, each with its probability. */
export function said(text: string, probability = 0.95): { readonly steps: readonly GenerationEvent[] } {
	const steps = (text.match(/\s*\w+|\s*\W/g) ?? []).map(
		(piece): GenerationEvent => ({
			type: 'text',
			text: piece,
			tokens: 1,
			logProbability: Math.log(probability),
		}),
	);
	return { steps };
}

/** What is left to write of a line of which the start is given. */
export function restOf(line: string, { typed }: FillRequest): string {
	return line.startsWith(typed) ? line.slice(typed.length) : line.trimStart();
}

export function editor(
	before: string,
	languageId: string,
	onFill: FakeModel['onFill'],
	changed: Partial<EditWriterOptions> = {},
) {
	const model = new FakeModel();
	model.onFill = onFill;
	const clock = new FakeClock();
	const log = new EditLog(before);
	const spare = new SpareTime(model);
	let freed = 0;
	const options: EditWriterOptions = {
		spare,
		clock,
		facts: () => ({
			uri: URI,
			path: 'src/box.ts',
			fullPath: '/work/src/box.ts',
			repository: 'work',
			languageId,
			scheme: 'file',
			isWritable: true,
			eol: '\n',
			version: 1,
		}),
		maxTokens: () => 96,
		onAsked: () => {
			freed++;
		},
		...changed,
	};
	const write = (signal = never): Promise<NextEdit | undefined> =>
		writeNextEdit(URI, { text: log.text, languageId, edits: log.edits }, options, signal);
	return {
		model,
		clock,
		log,
		spare,
		options,
		write,
		/** How often the model was given back. */
		freed: () => freed,
		type: (edit: Parameters<typeof typeInto>[1]) => typeInto(log, edit),
		/** Takes a proposal over. */
		accept: ({ start, removed, text }: NextEdit) =>
			log.type([{ offset: start, length: removed.length, text }], true),
	};
}
