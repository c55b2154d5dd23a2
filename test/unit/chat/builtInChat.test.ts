/** Tests of an editor that has no chat of its own: the one that stands in for it here has none either. */

import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { BuiltInChat } from '../../../src/chat/builtInChat';
import { readSettings } from '../../../src/manifest';
import { FakeModel } from '../../support/fakeModel';
import { silentLog } from '../../support/silentLog';
import { FakeEditor } from './context/fakeEditor';

describe('chat/builtInChat', () => {
	it('registers nothing where the editor has no such places, and goes on', () => {
		const said: string[] = [];
		const log = { ...silentLog, info: (message: string) => said.push(message) };
		const chat = new BuiltInChat({
			extensionUri: vscode.Uri.file('/familiar'),
			model: new FakeModel(),
			isStarter: () => false,
			editor: async () => new FakeEditor(),
			countTokens: () => 0,
			settings: () => readSettings(() => undefined).chat,
			toolbox: { offers: async () => [], run: async () => assert.fail('nobody can call it') },
			log,
		});
		assert.equal(said.length, 3);
		assert.match(said[0] ?? '', /other extensions.*no such place/);
		assert.match(said[1] ?? '', /other models.*no such place/);
		assert.match(said[2] ?? '', /@familiar.*no such place/);
		chat.refresh();
		chat.dispose();
	});
});
