/** What is shown of the edits that a model writes: over a hundred repeated edits, with right answers and many wrong ones. */
import * as assert from 'node:assert/strict';
import { findNextEdit } from '../../../../src/completion/nextEdit/find';
import type { FillRequest } from '../../../../src/inference/model';
import { askedFor, editor, restOf, said } from '../../../support/editingModel';
import type { Script } from '../../../support/fakeModel';
import { irregularEdits } from '../../../support/irregularEdits';
import { type SiblingEdit, siblingEdits } from '../../../support/siblingEdits';

/** Ways to answer; each is tried in every case. */
const ANSWERS: Readonly<Record<string, (line: string, request: FillRequest, one: SiblingEdit) => Script>> = {
	right: (line, request, one) => said(`${restOf(one.wanted.get(line) ?? line, request)}\n`),
	'another edit': (line, request, one) => said(`${restOf(one.others.get(line)?.[0] ?? line, request)}\n`),
	// What takes another line's names, where the case has such an answer.
	'another name': (line, request, one) => said(`${restOf(one.others.get(line)?.[1] ?? line, request)}\n`),
	unchanged: (line, request) => said(`${restOf(line, request)}\n`),
	'the edited line': (_line, request, one) => said(`${one.edit.inserted}${request.suffix.slice(0, 40)}\n`),
	rambling: (line, request, one) =>
		said(`${restOf(one.wanted.get(line) ?? line, request)} return all(source, options).then(done);\n`),
	'more than asked': (line, request, one) =>
		said(`${restOf(one.wanted.get(line) ?? line, request).replace(/\w+(?=\W*$)/, '$&, options')}\n`),
	'the next function': () => said(' = undefined;\n}\n\nexport function other() {\n'),
	unsure: (line, request, one) => said(`${restOf(one.wanted.get(line) ?? line, request)}\n`, 0.4),
};

/** What is shown after the edit by hand, and the text with it. */
async function shown(one: SiblingEdit, answer: (typeof ANSWERS)[string]) {
	const { log, type, write } = editor(one.before, one.languageId, (request) =>
		answer(askedFor(request), request, one),
	);
	type(one.edit);
	const next = await write();
	const text = log.text;
	return next && { next, text: text.slice(0, next.start) + next.text + text.slice(next.end) };
}

function isRight(one: SiblingEdit, text: string, edited: string): boolean {
	return [...one.wanted].some(([was, is]) => edited.replace(`${was}\n`, `${is}\n`) === text);
}

describe('next edit: what the model writes', () => {
	it('has more than a hundred cases, in none of which a rule finds the next edit', async () => {
		assert.ok(siblingEdits.length >= 100, String(siblingEdits.length));
		for (const one of [...siblingEdits, ...irregularEdits]) {
			const { log, type } = editor(one.before, one.languageId, () => '');
			type(one.edit);
			const { text, edits } = log;
			const found = await findNextEdit(
				{ text, languageId: one.languageId, edits },
				new AbortController().signal,
			);
			assert.equal(found, undefined, one.name);
		}
	});

	it('is shown where it is the same edit again: precision at least 0.9', async () => {
		const { precision, recall, silent, report } = await played(siblingEdits);
		assert.ok(precision >= 0.9, report);
		assert.ok(recall >= 0.9, report);
		assert.equal(silent('unchanged'), siblingEdits.length, report);
		assert.equal(silent('unsure'), siblingEdits.length, report);
	});

	it('is right at lines that are not all of one form, too', async () => {
		const { precision, recall, report } = await played(irregularEdits);
		assert.ok(precision >= 0.85, report);
		assert.ok(recall >= 0.8, report);
	});

	it('goes on from one line to the next until none is left', async () => {
		for (const one of siblingEdits) {
			const { log, type, write, accept } = editor(one.before, one.languageId, (request) => {
				const line = askedFor(request);
				return said(`${restOf(one.wanted.get(line) ?? line, request)}\n`);
			});
			type(one.edit);
			for (let next = await write(); next !== undefined; next = await write()) {
				accept(next);
			}
			assert.equal(log.text, one.after, one.name);
		}
	});
});

/** Every answer in every case. */
async function played(cases: readonly SiblingEdit[]) {
	const tally = new Map<string, Record<'right' | 'wrong' | 'silent', number>>();
	const told: string[] = [];
	for (const [kind, answer] of Object.entries(ANSWERS)) {
		const counts = { right: 0, wrong: 0, silent: 0 };
		tally.set(kind, counts);
		for (const one of cases) {
			const found = await shown(one, answer);
			const edited = one.before.slice(0, one.edit.offset) + one.edit.inserted;
			const rest = one.before.slice(one.edit.offset + one.edit.removed.length);
			const verdict =
				found === undefined ? 'silent' : isRight(one, found.text, edited + rest) ? 'right' : 'wrong';
			counts[verdict]++;
			if (verdict === 'wrong' || (kind === 'right' && verdict !== 'right')) {
				told.push(`${kind}, ${one.name}: ${verdict} ${JSON.stringify(found?.next)}`);
			}
		}
	}
	const sum = (of: 'right' | 'wrong') => [...tally.values()].reduce((all, counts) => all + counts[of], 0);
	const precision = sum('right') / (sum('right') + sum('wrong'));
	const recall = (tally.get('right')?.right ?? 0) / cases.length;
	return {
		precision,
		recall,
		silent: (kind: string) => tally.get(kind)?.silent,
		report: [
			...[...tally].map(([kind, counts]) => `${kind}: ${JSON.stringify(counts)}`),
			`precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)} of ${cases.length}`,
			...told,
		].join('\n'),
	};
}
