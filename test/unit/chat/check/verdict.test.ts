/** Tests of what is said of a change: only what the compiler's words before and after it warrant. */

import * as assert from 'node:assert/strict';
import type { Problem } from '../../../../src/chat/check/checking';
import { isCheckReply, isCheckRequest, lineAt, MAX_CHECKED } from '../../../../src/chat/check/checking';
import {
	type Aim,
	aimOfNew,
	faultsOf,
	type Verdict,
	verdictOf,
	verdictText,
} from '../../../../src/chat/check/verdict';
import { english } from '../../../../src/finetune/job/english';

const type = (line: number): Problem => ({ code: 2322, message: 'Type A is not assignable to B.', line });
const name = (line: number): Problem => ({ code: 2304, message: "Cannot find name 'a'.", line });

function said(before: readonly Problem[], after: readonly Problem[], aim: Partial<Aim> = {}): string {
	return verdictText(verdictOf(before, after, { findings: [], start: 0, end: 100, ...aim }), english);
}

describe('chat/check/verdict', () => {
	it('says that the error is gone, or both are', () => {
		assert.equal(said([type(3)], []), 'This removes the error.');
		assert.equal(said([type(3), name(4)], []), 'This removes the 2 errors.');
	});

	it('says that it is still there, wherever it has moved to', () => {
		assert.equal(said([type(3)], [type(5)]), 'The error remains: Type A is not assignable to B.');
		assert.equal(said([type(3), name(4)], [name(4)]), "1 of 2 errors remain: Cannot find name 'a'.");
	});

	it('says that there is another one now', () => {
		assert.equal(said([type(3)], [name(5)]), "It brings a new error: Cannot find name 'a'.");
		assert.equal(
			said([type(3)], [type(3), name(5), name(6)]),
			"The error remains: Type A is not assignable to B. It brings a new error: Cannot find name 'a'. (+1)",
		);
	});

	it('leaves errors alone that were there before and are not meant', () => {
		const findings = [{ line: 4, message: type(3).message }];
		assert.equal(
			said([type(3), type(9), name(1)], [type(8), name(1)], { findings }),
			'This removes the error.',
		);
		assert.equal(
			said([type(3), type(9)], [type(2), type(8)], { findings }),
			'The error remains: Type A is not assignable to B.',
		);
	});

	it('takes the error of the line where another version words it otherwise', () => {
		const findings = [{ line: 4, message: 'Type A cannot be assigned to B' }];
		assert.equal(said([type(3), name(9)], [name(9)], { findings }), 'This removes the error.');
		assert.equal(
			said([type(3)], [type(3)], { findings }),
			'The error remains: Type A is not assignable to B.',
		);
	});

	it('does not claim to have checked what another tool reports', () => {
		const findings = [{ line: 30, message: 'Missing semicolon.' }];
		assert.equal(
			said([type(3)], [type(3)], { findings }),
			'Not checked: TypeScript is not what reports this problem.',
		);
		assert.equal(
			said([], [name(1)], { findings }),
			"Not checked: TypeScript is not what reports this problem. It brings a new error: Cannot find name 'a'.",
		);
	});

	it('says of new code only whether it brings errors', () => {
		assert.equal(said([type(3)], [type(9)], { start: 5, end: 4 }), 'It brings no error.');
		assert.equal(
			said([type(3)], [type(9), name(5)], { start: 5, end: 4 }),
			"It brings a new error: Cannot find name 'a'.",
		);
	});

	it('wants of new code that its function returns something by then', () => {
		const lines = [
			'export function size(',
			'\tall: string[],',
			'): number {',
			'',
			'\t// the number of all',
			'}',
		];
		const aim = aimOfNew(lines, 4);
		const missing: Problem = { code: 2355, message: 'It must return a value.', line: 2 };
		assert.deepEqual(aim, { findings: [], start: 2, end: 2 });
		assert.equal(said([missing, name(0)], [name(0)], aim), 'This removes the error.');
		assert.equal(
			said([missing, name(0)], [missing, name(0)], aim),
			'The error remains: It must return a value.',
		);
		assert.equal(said([name(0)], [name(0)], aimOfNew(['// first', ...lines], 0)), 'It brings no error.');
	});

	it('says why nobody checked, and counts no fault then', () => {
		const unchecked: Verdict = { type: 'unchecked', reason: 'no TypeScript was found.' };
		assert.equal(verdictText(unchecked, english), 'Not checked: no TypeScript was found.');
		assert.deepEqual(faultsOf(unchecked), []);
	});

	it('tells the first line of a long message', () => {
		const chain = { code: 1, message: `${'x'.repeat(300)}\n  because of y`, line: 0 };
		assert.equal(said([], [chain]), `It brings a new error: ${'x'.repeat(200)}`);
	});
});

describe('chat/check/checking', () => {
	it('counts lines', () => {
		assert.deepEqual(
			[0, 1, 2, 3, 9].map((offset) => lineAt('a\nb\n', offset)),
			[0, 0, 1, 1, 2],
		);
	});

	it('knows its own messages', () => {
		const request = { id: 1, compilers: [], file: '/a.ts', before: '', after: '', open: [] };
		assert.ok(isCheckRequest(request));
		assert.ok(!isCheckRequest({ ...request, open: [{ file: '/b.ts' }] }));
		assert.ok(!isCheckRequest({ ...request, after: 'x'.repeat(MAX_CHECKED + 1) }));
		assert.ok(!isCheckRequest({ ...request, compilers: [{ kind: 'other', folder: '/', version: '5' }] }));
		const reply = { id: 1, type: 'checked', version: '5', before: [], after: [type(1)] };
		assert.ok(isCheckReply(reply));
		assert.ok(isCheckReply({ id: 1, type: 'failed', reason: 'no' }));
		assert.ok(!isCheckReply({ ...reply, after: [{ ...type(1), line: -1 }] }));
		assert.ok(!isCheckReply({ ...reply, after: Array.from({ length: 501 }, () => type(1)) }));
		assert.ok(!isCheckReply('checked'));
	});
});
