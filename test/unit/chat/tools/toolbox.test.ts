/** Calls of tools in their bounds: what is unknown, restricted, slow, broken or secret is refused in a sentence. */

import assert from 'node:assert/strict';
import { Toolbox, type ToolboxOptions } from '../../../../src/chat/tools/toolbox';
import { isAbort } from '../../../../src/inference/cancel';
import { l10n } from '../../../support/fakeVscode';
import { recordingLog } from '../../../support/silentLog';
import { FakeEditor, never } from '../context/fakeEditor';

describe('chat/tools/toolbox', () => {
	let editor: FakeEditor;
	const log = recordingLog();
	beforeEach(() => {
		editor = new FakeEditor({ 'a.ts': 'let a;' });
	});

	function toolbox(change: Partial<ToolboxOptions> = {}): Toolbox {
		return new Toolbox({
			editor: async () => editor,
			searchScript: '/nowhere.js',
			scope: () => ({ folders: [{ name: 'w', folder: '/w' }], globs: [], gitPath: 'git' }),
			translate: l10n.t,
			log,
			...change,
		});
	}

	const read = { name: 'read_file', arguments: { path: 'a.ts' } };

	it('runs what is called', async () => {
		assert.deepEqual(await toolbox().run(read, never), { type: 'found', text: 'a.ts, lines 1 to 1\nlet a;' });
	});

	it('offers nothing in Restricted Mode or without a folder, and reads nothing there', async () => {
		const folders = [{ name: 'w', folder: '/w' }];
		const offers = (scope: ReturnType<ToolboxOptions['scope']>) => toolbox({ scope: () => scope }).offers();
		assert.equal((await offers({ folders, globs: [], gitPath: 'git' })).length, 6);
		assert.equal((await offers({ folders, globs: [], gitPath: undefined })).length, 0);
		assert.equal((await offers({ folders: [], globs: [], gitPath: 'git' })).length, 0);
		editor.isTrusted = false;
		const { type, text } = await toolbox().run(read, never);
		assert.equal(type, 'refused');
		assert.match(text, /Restricted Mode/);
	});

	it('tells which tools there are where another is called', async () => {
		const { type, text } = await toolbox().run({ name: 'write_file', arguments: {} }, never);
		assert.equal(type, 'refused');
		assert.match(text, /no tool write_file; there are search, read_file, .*git_diff\./);
		assert.equal((await toolbox().run({ name: 'toString', arguments: {} }, never)).type, 'refused');
	});

	it('ends what takes too long', async () => {
		editor.read = () => new Promise(() => undefined);
		assert.deepEqual(await toolbox({ longest: 20 }).run(read, never), {
			type: 'refused',
			text: 'It took longer than 0.02 seconds and was ended.',
		});
	});

	it('says what failed, in the log too', async () => {
		editor.read = () => Promise.reject(new Error('the disk is gone'));
		assert.deepEqual(await toolbox().run(read, never), {
			type: 'refused',
			text: 'It failed: the disk is gone',
		});
		assert.match(log.lines.join('\n'), /read_file failed: the disk is gone/);
	});

	it('gives out no secret, wherever it was found', async () => {
		const message = "key = 'AKIAQ3EGRVTZ5KXW2MNB' is wrong";
		editor.reported = [{ path: 'a.ts', uri: 'file:///w/a.ts', line: 1, message, severity: 'error' }];
		const { type, text } = await toolbox().run({ name: 'diagnostics', arguments: {} }, never);
		assert.equal(type, 'refused');
		assert.doesNotMatch(text, /AKIA/);
	});

	it('ends with the answer', async () => {
		editor.read = () => new Promise(() => undefined);
		const stop = new AbortController();
		const running = toolbox().run(read, stop.signal);
		stop.abort();
		await assert.rejects(running, isAbort);
		await assert.rejects(toolbox().run(read, stop.signal), isAbort);
	});
});
