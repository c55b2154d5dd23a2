/** Context for a place in a folder of files without an editor. */
import * as assert from 'node:assert/strict';
import { offlineFullPath, offlineUri } from '../../../src/completion/context/repositoryContext';
import { contextOffline } from '../../bench/contextOffline';
import { roomOf } from '../../support/fakeContext';
import { cursorIn } from '../../support/marked';

describe('context: offline', () => {
	it('chooses as the editor would, the same each time', async () => {
		const source = "import { total } from './cart';\nexport function pay(items) {\n	return total(█\n}";
		const own = 'src/pay.ts';
		const place = {
			files: [
				{ path: own, text: source.replace('█', '') },
				{ path: 'src/cart.ts', text: 'export function total(items: Item[]): number {\n	return 0;\n}' },
				{ path: 'lib/far.ts', text: 'one(first);\ntwo(second);\nthree(third);' },
			],
			opened: [],
			viewed: [{ path: 'lib/far.ts', line: 1 }],
			cursor: cursorIn(source, { path: own, uri: offlineUri(own), fullPath: offlineFullPath(own) }),
			sources: ['imports', 'recent'] as const,
			room: roomOf(4_096),
		};
		const signal = new AbortController().signal;
		const chosen = await contextOffline(place, signal);
		assert.deepEqual(chosen.files, [
			{ path: 'src/cart.ts', text: 'export function total(items: Item[]): number' },
			{ path: 'lib/far.ts', text: 'one(first);\ntwo(second);\nthree(third);' },
		]);
		assert.deepEqual(await contextOffline(place, signal), chosen);
		assert.deepEqual((await contextOffline({ ...place, sources: [] }, signal)).files, []);
	});
});
