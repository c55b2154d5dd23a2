/** Tests of the way from an answer to an offer: what is asked again, what is proposed, and what stands at each answer. */

import * as assert from 'node:assert/strict';
import {
	type Change,
	type OfferingOptions,
	type Outcome,
	offerChange,
	outcomeText,
} from '../../../../src/chat/apply/offering';
import type { Verdict } from '../../../../src/chat/check/verdict';
import { applyLineEdits, editsWithin, type LineEdit } from '../../../../src/chat/patch';
import type { Question } from '../../../../src/chat/question';
import type { Turn, TurnState } from '../../../../src/chat/turn';
import { english } from '../../../../src/finetune/job/english';

function turnOf(id: string, text: string, state: TurnState = 'done'): Turn {
	const none = { note: undefined, remedies: [], usage: undefined, branch: undefined, isEditable: false };
	return { id, role: 'assistant', text, state, ...none };
}

const fenced = (code: string) => `So it is.\n\n\`\`\`ts\n${code}\n\`\`\`\n`;

const lines = ['const a = 1;', 'const b: string = a;', 'export { b };'];
const range = { start: 1, end: 1 };
const change: Change = {
	lines,
	range,
	aim: { findings: [{ line: 2, message: 'Type' }], ...range },
	file: { path: 'src/a.ts', language: 'typescript' },
	editsOf: (code) => editsWithin(lines, range, code),
};

/** The word `wrong` is an error. */
function verdictOn(after: readonly string[]): Verdict {
	const faults = after.flatMap((line, index) =>
		line.includes('wrong') ? [{ code: 1, message: 'Type', line: index }] : [],
	);
	return { type: 'checked', asked: 1, remaining: faults, brought: [], isForeign: false };
}

class House implements OfferingOptions {
	readonly notes: [string, string][] = [];
	readonly asked: { readonly question: Question; readonly title: string }[] = [];
	readonly proposed: { readonly text: string; readonly said: string; readonly isFaulty: boolean }[] = [];
	readonly remembered: [turn: string, code: string, text: string][] = [];
	readonly session = { note: (id: string, note: string) => void this.notes.push([id, note]) };
	readonly translate = english;
	outcome: Outcome = 'applied';
	constructor(private readonly answers: readonly (Turn | undefined)[] = []) {}
	async check(after: readonly string[]): Promise<Verdict> {
		return verdictOn(after);
	}
	async ask(question: Question, title: string) {
		this.asked.push({ question, title });
		return this.answers[this.asked.length - 1];
	}
	async propose(edits: readonly LineEdit[], said: string, isFaulty: boolean) {
		this.proposed.push({ text: applyLineEdits(lines, edits)[1] ?? '', said, isFaulty });
		return this.outcome;
	}
	remember(turn: string, code: string, edits: readonly LineEdit[]) {
		this.remembered.push([turn, code, applyLineEdits(lines, edits)[1] ?? '']);
	}
}

async function offered(house: House, first: Turn) {
	await offerChange(first, change, house);
	return house;
}

describe('chat/apply/offering', () => {
	it('offers a change that was checked, and says what became of it', async () => {
		const house = await offered(new House(), turnOf('1', fenced('const b: number = a;')));
		assert.deepEqual(house.proposed, [
			{ text: 'const b: number = a;', said: 'This removes the error.', isFaulty: false },
		]);
		assert.deepEqual(house.notes.at(-1), ['1', 'This removes the error. Applied.']);
		assert.deepEqual(house.asked, []);
		assert.deepEqual(house.remembered, [['1', 'const b: number = a;', 'const b: number = a;']]);
	});

	it('gives the model another chance, with its own code and the errors of that', async () => {
		const answers = [turnOf('2', fenced('const b: wrong = a;')), turnOf('3', fenced('const b: number = a;'))];
		const house = await offered(new House(answers), turnOf('1', fenced('const b = wrong;')));
		assert.deepEqual(
			house.asked.map(({ title }) => title),
			['Fix again (1 of 2) src/a.ts\nType', 'Fix again (2 of 2) src/a.ts\nType'],
		);
		assert.deepEqual(house.asked[0]?.question, {
			task: 'fix',
			excerpt: { path: 'src/a.ts', language: 'typescript', firstLine: 2, code: 'const b = wrong;' },
			findings: [{ line: 2, message: 'Type' }],
		});
		assert.deepEqual(house.notes, [
			['1', 'The error remains: Type The model tries again.'],
			['2', 'The error remains: Type The model tries again.'],
			['3', 'This removes the error.'],
			['3', 'This removes the error. Applied.'],
		]);
		assert.equal(house.proposed.length, 1);
	});

	it('offers the best it has with what is wrong about it', async () => {
		const answers = [turnOf('2', fenced('const b = wrong;')), turnOf('3', fenced('const b = "wrong";'))];
		const house = await offered(new House(answers), turnOf('1', fenced('let wrong;')));
		assert.deepEqual(house.proposed, [
			{ text: 'let wrong;', said: 'The error remains: Type', isFaulty: true },
		]);
		assert.deepEqual(house.notes.at(-1), ['1', 'The error remains: Type Applied.']);
	});

	it('offers what it has when the model cannot be asked again, or gives no code', async () => {
		for (const second of [undefined, turnOf('2', 'I do not know.'), turnOf('2', fenced(''))]) {
			const house = await offered(new House([second]), turnOf('1', fenced('let wrong;')));
			assert.deepEqual([house.asked.length, house.proposed.length], [1, 1]);
		}
	});

	it('offers nothing when the user stops the next try', async () => {
		for (const state of ['stopped', 'failed', 'interrupted'] as const) {
			const house = await offered(
				new House([turnOf('2', fenced('const b: number = a;'), state)]),
				turnOf('1', fenced('let wrong;')),
			);
			assert.deepEqual(house.proposed, [], state);
			assert.deepEqual(house.notes.at(-1), ['1', 'The error remains: Type']);
		}
	});

	it('offers nothing of an answer that did not end, or that has nothing to offer', async () => {
		const stopped = await offered(new House(), turnOf('1', fenced('const b: number = a;'), 'stopped'));
		assert.deepEqual([stopped.notes, stopped.proposed], [[], []]);
		const talk = await offered(new House(), turnOf('1', 'It is fine.'));
		assert.deepEqual(talk.notes, [['1', 'No change: the answer has no complete code block.']]);
		const same = await offered(new House(), turnOf('1', fenced('const b: string = a;')));
		assert.deepEqual(same.notes, [['1', 'No change: the file already has this code.']]);
		const cut = await offered(new House(), turnOf('1', '```ts\nconst b: num', 'cut'));
		assert.deepEqual(cut.notes, [['1', 'No change: the answer has no complete code block.']]);
	});

	it('takes hidden characters out, and says so', async () => {
		const house = await offered(new House(), turnOf('1', fenced('const b: num\u200bber = a;')));
		assert.equal(house.proposed[0]?.text, 'const b: number = a;');
		assert.match(house.notes.at(-1)?.[1] ?? '', /without the hidden characters/);
	});

	it('has a sentence for each end', () => {
		const outcomes: readonly Outcome[] = [
			'applied',
			'moved',
			'discarded',
			'changed',
			'ambiguous',
			'deleted',
			'refused',
		];
		const texts = outcomes.map((outcome) => outcomeText(outcome, false, english));
		assert.equal(new Set(texts).size, outcomes.length);
		assert.match(outcomeText('deleted', false, english), /deleted meanwhile/);
		assert.match(outcomeText('applied', true, english), /hidden/);
	});
});
