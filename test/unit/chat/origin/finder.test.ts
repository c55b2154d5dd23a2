/** The search runs in a thread of its own, which ends when nobody waits any more, and whose failure is no failure of the answer. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { OriginFinder } from '../../../../src/chat/origin/finder';
import { isAbort } from '../../../../src/inference/cancel';
import { temporaryFolder } from '../../../support/engines';
import { root } from '../../../support/root';
import { recordingLog } from '../../../support/silentLog';

const CODE = Array.from({ length: 8 }, (_, line) => `const value${line} = compute(${line}, previous);`).join(
	'\n',
);
const blocks = [{ index: 0, language: 'ts', code: CODE }];

describe('chat/origin/finder', () => {
	const never = new AbortController().signal;

	function finder(script = path.join(root, 'dist/originWorker.js')) {
		const folder = temporaryFolder();
		fs.writeFileSync(path.join(folder, 'a.ts'), CODE);
		const log = recordingLog();
		const scope = () => ({ folders: [{ name: 'w', folder }], globs: [], gitPath: undefined });
		return { finder: new OriginFinder({ script, scope, log }), log };
	}

	it('finds in a thread what stands in the workspace', async () => {
		const origins = await finder().finder.find(blocks, [], never);
		assert.deepEqual(
			origins.map(({ label, count }) => [label, count]),
			[['a.ts', 8]],
		);
	});

	it('ends when it is aborted, and begins nothing then', async () => {
		const stop = new AbortController();
		const found = finder().finder.find(blocks, [], stop.signal);
		stop.abort();
		await assert.rejects(found, isAbort);
		await assert.rejects(finder('/nowhere.js').finder.find(blocks, [], stop.signal), isAbort);
	});

	it('finds nothing where the thread dies, and says so in the log', async () => {
		const script = path.join(temporaryFolder(), 'dies.js');
		fs.writeFileSync(script, 'process.exit(3)');
		const broken = finder(script);
		assert.deepEqual(await broken.finder.find(blocks, [], never), []);
		assert.match(JSON.stringify(broken.log), /code 3/);
	});
});
