/** What is counted of suggestions stays here: other tools send theirs away, or show nobody. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { root } from '../../../support/root';

/** All ways out of a process that Node and the editor offer. */
const WAY_OUT =
	/['"]node:(?:https?|http2|net|tls|dgram|dns)['"]|\b(?:fetch|createTelemetryLogger|openExternal)\(|\bnew (?:WebSocket|EventSource|XMLHttpRequest)\b/;

describe('peers: statistics', () => {
	it('no file of completion knows a way to the network', () => {
		const folder = path.join(root, 'src/completion');
		const files = fs
			.readdirSync(folder, { recursive: true, encoding: 'utf8' })
			.filter((file) => file.endsWith('.ts'));
		assert.ok(files.length > 100);
		assert.deepEqual(
			files.filter((file) => WAY_OUT.test(fs.readFileSync(path.join(folder, file), 'utf8'))),
			[],
		);
	});
});
