/** Written texts are looked at in a thread of their own: secrets by rule, syntax beside the truth's. */
import assert from 'node:assert/strict';
import * as path from 'node:path';
import { CheckWorker } from '../../../../src/finetune/judge/checkWorker';
import { isAbort } from '../../../../src/inference/cancel';
import { root } from '../../../support/root';

const never = new AbortController().signal;

describe('finetune/judge/textCheck', function () {
	this.timeout(30_000);
	const dist = path.join(root, 'dist');
	const checker = new CheckWorker(path.join(dist, 'judgeWorker.js'), dist);
	after(() => checker.dispose());

	const place = {
		path: 'src/a.ts',
		before: 'function sum(a: number, b: number) {\n\treturn ',
		after: '\n}\n',
		truth: 'a + b;',
		texts: ['a - b;', 'a + (b;'],
	};

	it('is valid with as many errors as the truth has', async () => {
		assert.deepEqual((await checker.check(place, never)).isValid, [true, false]);
		// A window that is cut out of a file has errors of its own.
		const cut = { ...place, before: `}) => 5;\n${place.before}` };
		assert.deepEqual((await checker.check(cut, never)).isValid, [true, false]);
		assert.equal((await checker.check({ ...place, path: 'a.lua' }, never)).isValid, undefined);
	});

	it('says which rules for secrets fire, also where the name stands before', async () => {
		const key = `sk-${'ant'}-api03-q7Zt2KpXw9RbVn4LsYd8GfHj3McUe6Ta5QiBoW1v`;
		const texts = ['a + b;', `"${key}";`];
		const { secrets } = await checker.check({ ...place, texts }, never);
		assert.deepEqual(secrets[0], []);
		assert.ok((secrets[1] ?? []).length > 0);
		assert.ok(!JSON.stringify(secrets).includes(key));
	});

	it('ends when it is cancelled, and goes on afterwards', async () => {
		const controller = new AbortController();
		const checking = checker.check(place, controller.signal);
		controller.abort();
		await assert.rejects(checking, isAbort);
		assert.deepEqual((await checker.check(place, never)).isValid, [true, false]);
	});
});
