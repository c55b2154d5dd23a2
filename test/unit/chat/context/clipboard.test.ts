/** Tests of the way through the clipboard: what the user had copied is there again, whatever happens meanwhile. */

import assert from 'node:assert/strict';
import { TerminalClipboard } from '../../../../src/chat/context/clipboard';

function setUp(copied: string, selected: string | undefined) {
	const state = { text: copied, selected, fails: false };
	const terminal = new TerminalClipboard({
		clipboard: {
			readText: async () => state.text,
			writeText: async (text) => {
				state.text = text;
			},
		},
		copySelection: async () => {
			if (state.fails) {
				throw new Error('no such command');
			}
			state.text = state.selected ?? state.text;
		},
	});
	return { state, terminal };
}

describe('chat/context/clipboard', () => {
	for (const copied of ['kept', '']) {
		it(`reads what is selected, and puts ${JSON.stringify(copied)} back`, async () => {
			const { state, terminal } = setUp(copied, 'error');
			assert.deepEqual(await terminal.read(), { type: 'text', text: 'error' });
			assert.equal(state.text, copied);
			state.selected = undefined;
			assert.deepEqual(await terminal.read(), { type: 'no-selection' });
			assert.equal(state.text, copied);
		});
	}

	it('reads once at a time: none takes the mark of another for what was copied', async () => {
		const { state, terminal } = setUp('kept', undefined);
		const found = await Promise.all([terminal.read(), terminal.read(), terminal.read()]);
		assert.deepEqual(
			found.map(({ type }) => type),
			['no-selection', 'no-selection', 'no-selection'],
		);
		assert.equal(state.text, 'kept');
	});

	it('reads on after a failure, which has changed nothing', async () => {
		const { state, terminal } = setUp('kept', 'error');
		state.fails = true;
		await assert.rejects(terminal.read(), /no such command/);
		assert.equal(state.text, 'kept');
		state.fails = false;
		assert.deepEqual(await terminal.read(), { type: 'text', text: 'error' });
	});
});
